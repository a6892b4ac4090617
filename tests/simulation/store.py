"""A node's disk: a real SQLite in memory, kept for the next schedule, that can be copied and put back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine
from sqlalchemy.pool import StaticPool

from shared.messaging.tables import MessagingTables, messaging_tables

Rows = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Tables:
    """``states``: the highest version of each subject, told or heard, and all that was done to it. ``effects``: what each event did, counted."""

    metadata: MetaData
    messaging: MessagingTables
    states: Table
    effects: Table


def declared() -> Tables:
    metadata = MetaData()
    return Tables(
        metadata,
        messaging_tables(metadata),
        Table(
            "states", metadata,
            Column("subject", String(36), primary_key=True), Column("role", String(10), primary_key=True),
            Column("version", Integer, nullable=False), Column("content", String(2000), nullable=False),
        ),
        Table(
            "effects", metadata,
            Column("event_id", String(36), primary_key=True), Column("subject", String(36), nullable=False),
            Column("version", Integer, nullable=False), Column("outcome", String(10), nullable=False),
            Column("times", Integer, nullable=False),
        ),
    )


TABLES = declared()
"""One declaration for all nodes and schedules, so that each statement is compiled once."""


class Disk:
    """One database, emptied for each schedule: making tables anew would take longer than a schedule."""

    def __init__(self) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool, isolation_level="AUTOCOMMIT")
        self.connection: Connection = self._engine.connect()
        TABLES.metadata.create_all(self.connection)
        self._raw = self.connection.connection.driver_connection
        self._names = [table.name for table in TABLES.metadata.sorted_tables]

    def execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        return self._raw.execute(statement, values).fetchall()

    def copy(self) -> Rows:
        return {name: self.execute(f"SELECT * FROM {name}") for name in self._names}

    def put_back(self, rows: Rows) -> None:
        for name in self._names:
            self.execute(f"DELETE FROM {name}")
            kept = rows.get(name)
            if kept:
                self._raw.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(kept[0]))})", kept)

    def close(self) -> None:
        self.connection.close()
        self._engine.dispose()


class SimulatedDatabase:
    """The ``Database`` port over a disk. Each border of a transaction is a step at which the process may die.

    ``dialect`` says how many relays may live on it; the SQL is SQLite's either way.
    """

    def __init__(self, disk: Disk, dialect: str, step: Callable[[str], None], committed: Callable[[], None]) -> None:
        self.dialect = dialect
        self.in_transaction = False
        self._disk = disk
        self._step = step
        self._committed = committed

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._step("begin")
        assert not self.in_transaction, "one transaction inside another"
        self._disk.execute("BEGIN IMMEDIATE")
        self.in_transaction = True
        try:
            yield self._disk.connection
            self._step("commit")
        except BaseException:
            self._disk.execute("ROLLBACK")
            self.in_transaction = False
            raise
        self._disk.execute("COMMIT")
        self.in_transaction = False
        self._committed()
        self._step("committed")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._step("read")
        yield self._disk.connection

    def close(self) -> None:
        """The disk stays: it outlives the process."""
