"""The one place that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

from shared.crash import CrashPoint, crash_point
from shared.persistence.engine import Database


class OutboxSays(Protocol):
    """What committing must know of an outbox."""

    @property
    def appended(self) -> bool:
        """Whether something was appended in this work."""
        ...


class Work(Protocol):
    """An open unit of work: a service adds its repositories."""

    @property
    def outbox(self) -> OutboxSays:
        """Where events of this act go."""
        ...

    @property
    def connection(self) -> Connection:
        """The open transaction, for shared tables kept beside the act's own (idempotency)."""
        ...

    def flush(self) -> None:
        """Write what repositories held back, in few statements."""
        ...


W = TypeVar("W", bound=Work)


class Works(Generic[W]):
    """Opens units of work: each is one transaction, committed at the end of its block or not at all."""

    def __init__(
        self, database: Database, build: Callable[[Connection], W], wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._build = build
        self._wake = wake

    @contextmanager
    def open(self) -> Iterator[W]:
        """A work on an open transaction; after commit the relay is woken when there is something to send."""
        with self._database.write() as connection:
            work = self._build(connection)
            yield work
            work.flush()
            crash_point(CrashPoint.BEFORE_COMMIT)
        crash_point(CrashPoint.AFTER_COMMIT)
        if work.outbox.appended:
            self._wake()
