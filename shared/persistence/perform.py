"""How a person's act is carried out: open a unit of work, ask the policy, call the use case, commit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from shared.errors import Refused
from shared.persistence.columns import Moment
from shared.persistence.work import W, Works
from shared.security.identities import Actor, Subject
from shared.security.policy import check

R = TypeVar("R")
KEPT_FOR = timedelta(hours=24)
"""How long an Idempotency-Key is remembered (contracts.md, HTTP)."""
NEWEST = 100
"""So many are kept all the same, for a week: a clock that jumps ahead must not forget what was asked a moment ago."""
NEWEST_KEPT_FOR = timedelta(days=7)


def perform(
    act: Callable[[W], R], *, works: Works[W], by: Actor, may: str, about: Callable[[W], Subject | None]
) -> R:
    """Carry out ``act`` in one transaction if ``by`` may do ``may`` to what ``about`` finds.

    Raises ``Refused`` with ``not_found`` when the object does not exist for this actor, ``forbidden`` when
    they may know of it but not do this, and whatever the use case refuses; nothing is changed then.
    """
    with works.open() as work:
        check(by, may, about(work))
        return act(work)


@dataclass(frozen=True)
class OnceKey:
    """One ``Idempotency-Key`` of one user for one call, and the digest of the body it came with."""

    user: str
    call: str
    key: str
    body_digest: str


@dataclass(frozen=True)
class Rendered:
    """An answer as it is sent, so that it can be given again word by word."""

    status: int
    body: bytes
    etag: str | None = None
    location: str | None = None
    replayed: bool = False


class Seals(Protocol):
    """Keeps a stored answer unreadable on disk."""

    def seal_local(self, plain: bytes, /) -> bytes:
        """Encrypt for this node alone."""
        ...

    def open_local(self, sealed: bytes, /) -> bytes:
        """The reverse of ``seal_local``."""
        ...


def idempotency_table(metadata: MetaData) -> Table:
    """Answers already given, by user, call and key; the body is sealed."""
    return Table(
        "idempotency_keys",
        metadata,
        Column("user", String(200), primary_key=True),
        Column("call", String(200), primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("body_digest", String(64), nullable=False),
        Column("status", Integer),
        Column("body", LargeBinary),
        Column("etag", String(100)),
        Column("location", String(300)),
        Column("created_at", Moment, nullable=False, index=True),
    )


def perform_once(
    act: Callable[[W], R],
    *,
    works: Works[W],
    by: Actor,
    may: str,
    about: Callable[[W], Subject | None],
    once: OnceKey,
    render: Callable[[R], Rendered],
    table: Table,
    seals: Seals,
    now: datetime,
) -> Rendered:
    """``perform``, but a key that was used gets the first answer again; another body with it is ``key_reused``.

    The key is claimed first, in the act's own transaction: a request with the same key that comes meanwhile
    waits for it (a row lock on PostgreSQL, the one writer on SQLite), and an act that is refused frees it.
    """
    with works.open() as work:
        check(by, may, about(work))
        connection = work.connection
        connection.execute(delete(table).where(_over(table, now)))
        claim = {
            "user": once.user,
            "call": once.call,
            "key": once.key,
            "body_digest": once.body_digest,
            "created_at": now,
        }
        upsert = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
        claimed = connection.execute(upsert.values(claim).on_conflict_do_nothing()).rowcount == 1
        mine = (table.c.user == once.user) & (table.c.call == once.call) & (table.c.key == once.key)
        if not claimed:
            row = connection.execute(select(table).where(mine)).mappings().one()
            if row["body_digest"] != once.body_digest:
                raise Refused("key_reused", fields={"Idempotency-Key": ["Ya se usó con otro contenido."]})
            return Rendered(
                row["status"], seals.open_local(row["body"]), row["etag"], row["location"], replayed=True
            )
        answer = render(act(work))
        connection.execute(
            update(table)
            .where(mine)
            .values(
                status=answer.status,
                body=seals.seal_local(answer.body),
                etag=answer.etag,
                location=answer.location,
            )
        )
        return answer


def _over(table: Table, now: datetime) -> ColumnElement[bool]:
    """Keys whose time is over."""
    at = table.c.created_at
    newest = select(at).order_by(at.desc()).offset(NEWEST - 1).limit(1).scalar_subquery()
    return (at < now - NEWEST_KEPT_FOR) | ((at < now - KEPT_FOR) & (at < newest))
