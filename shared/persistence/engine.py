"""One database of one service: SQLite at windows and in the demo, PostgreSQL at hubs. The same code on both."""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from shared.errors import ConfigError, TryAgain

SQLITE_PATIENCE = 10.0
"""Seconds that a writer waits for another process's write transaction before it says busy."""

NOTICES_SILENCE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""A server that vanished without a word (its machine lost power) is given up after a minute, not after the system's two hours."""


class Database(Protocol):
    """Where a service keeps its rows. ``write`` commits at the end of its block or rolls back whole."""

    dialect: str

    def write(self) -> AbstractContextManager[Connection]:
        """One write transaction; raises ``TryAgain`` when the database is away or locked for too long."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent read that never waits for a writer; raises ``TryAgain`` as ``write`` does."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


def open_database(url: str, *, pool_size: int = 10) -> Database:
    """Open by URL; ``ConfigError`` in a sentence for anything but the two kinds that are supported."""
    try:
        parsed = make_url(url)
    except Exception as error:
        message = "DATABASE_URL is not a database address."
        raise ConfigError(message) from error
    if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
        return _SQLite(parsed, pool_size)
    if parsed.drivername == "postgresql+psycopg2":
        return _PostgreSQL(parsed, pool_size)
    message = (
        f"DATABASE_URL begins with {parsed.drivername}://; use sqlite:///FILE or postgresql+psycopg2://… "
        "(other drivers stop the whole service while they wait)."
    )
    raise ConfigError(message)


class _PostgreSQL:
    dialect = "postgresql"

    def __init__(self, url: URL, pool_size: int) -> None:
        self._engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            pool_pre_ping=True,
            executemany_mode="values_plus_batch",
            connect_args={"connect_timeout": 5, **NOTICES_SILENCE},
        )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with _transient(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _transient(), self._engine.connect() as connection:
            yield connection

    def close(self) -> None:
        self._engine.dispose()


class _SQLite:
    """SQLite as measured to work beside green threads: one writer at a time, held by a semaphore of ours.

    SQLite waits for its lock inside C and would stand the whole process still; so ``busy_timeout`` is 0 and
    another process's lock (an import) is waited for here, in small sleeps that let others run.
    """

    dialect = "sqlite"

    def __init__(self, url: URL, pool_size: int) -> None:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        self._writer = threading.Semaphore(1)
        self._writes = _sqlite_engine(url, 1)
        self._reads = _sqlite_engine(url, pool_size)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._writer, _transient(), self._writes.connect() as connection:
            _begin_immediate(connection)
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _transient(), self._reads.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def close(self) -> None:
        self._writes.dispose()
        self._reads.dispose()


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": 0, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=0",
        "wal_autocheckpoint=1000",
    ):
        _patiently(cursor.execute, f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    _patiently(connection.exec_driver_sql, "BEGIN IMMEDIATE")


class _Executes(Protocol):
    def __call__(self, statement: str, /) -> object: ...


def _patiently(execute: _Executes, statement: str) -> None:
    """Wait for another process's lock without holding the interpreter; 5 ms growing to 100 ms."""
    deadline = time.monotonic() + SQLITE_PATIENCE
    pause = 0.005
    while True:
        try:
            execute(statement)
        except (OperationalError, sqlite3.OperationalError) as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - so that two waiters do not meet again
            pause = min(0.1, pause * 2)
        else:
            return


@contextmanager
def _transient() -> Iterator[None]:
    """What passes by itself (server away, lock held, disk full) becomes ``TryAgain``; mistakes stay as they are."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, OperationalError) or error.connection_invalidated:
            message = f"the database is away: {type(error.orig).__name__}"
            raise TryAgain(message) from error
        raise
    except TimeoutError as error:
        message = "no database connection became free"
        raise TryAgain(message) from error
