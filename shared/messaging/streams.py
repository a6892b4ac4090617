"""The row of each destination: the one lock under which its sequence is given and its receipts are taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.messaging.tables import MessagingTables


@dataclass(frozen=True)
class Stream:
    """How far one destination was told, and has told us."""

    destination: str
    epoch: str
    last_sequence: int
    through: int
    destination_epoch: str | None
    told_at: datetime | None
    quiet_since: datetime
    resends: int


def insert_or_skip(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert that leaves alone what is there already, on either database."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def lock_streams(
    connection: Connection,
    tables: MessagingTables,
    destinations: Sequence[str],
    *,
    epoch: str,
    now: datetime,
    wait: bool = True,
) -> Mapping[str, Stream]:
    """Lock the rows of ``destinations``, made where they are missing, until the transaction ends.

    ``wait=False`` leaves out those that another transaction holds (a relay serves other destinations meanwhile).
    """
    streams = tables.streams
    query = select(
        streams.c.destination,
        streams.c.epoch,
        streams.c.last_sequence,
        streams.c.through,
        streams.c.destination_epoch,
        streams.c.told_at,
        streams.c.quiet_since,
        streams.c.resends,
    ).where(streams.c.destination.in_(destinations))
    query = query.order_by(streams.c.destination).with_for_update(skip_locked=not wait)
    found = _read(connection, query)
    if len(found) == len(destinations):
        return found
    # whoever is only held by another must not be inserted: on PostgreSQL that waits for the holder
    known = select(streams.c.destination).where(streams.c.destination.in_(destinations))
    missing = set(destinations).difference(found, connection.execute(known).scalars())
    if missing:
        connection.execute(
            insert_or_skip(connection, streams),
            [
                {
                    "destination": destination,
                    "epoch": epoch,
                    "last_sequence": 0,
                    "through": 0,
                    "quiet_since": now,
                    "resends": 0,
                }
                for destination in sorted(missing)
            ],
        )
        found = _read(connection, query)
    return found


def _read(
    connection: Connection,
    query: Select[str, str, int, int, str | None, datetime | None, datetime, int],
) -> dict[str, Stream]:
    return {row[0]: Stream(*row) for row in connection.execute(query)}


def give_places(
    connection: Connection, tables: MessagingTables, given: Mapping[Stream, int], *, epoch: str, now: datetime
) -> None:
    """Write the highest sequence given to each locked stream; a quiet one begins to wait for its receipt now."""
    streams = tables.streams
    if not given:
        return
    connection.execute(
        update(streams)
        .where(streams.c.destination == bindparam("of"))
        .values(epoch=epoch, last_sequence=bindparam("last"), quiet_since=bindparam("quiet"), resends=bindparam("again")),
        [
            {
                "of": stream.destination,
                "last": last,
                "quiet": now if stream.through == stream.last_sequence else stream.quiet_since,
                "again": 0 if stream.through == stream.last_sequence else stream.resends,
            }
            for stream, last in given.items()
        ],
    )
