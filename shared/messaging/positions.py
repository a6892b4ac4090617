"""How far each source's stream was committed here: what receipts, heartbeats and positions tell back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Table, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from shared.contracts.addresses import Address
from shared.contracts.standing import Standing
from shared.messaging.dead_letters import forks
from shared.messaging.streams import insert_or_skip
from shared.messaging.tables import MessagingTables

Place = tuple[str, str]
"""A source as written in the envelope, and its epoch."""


@dataclass(frozen=True)
class Progress:
    """What of one stream is here: all up to ``through``, and the ranges ``ahead`` of the first gap (both ends in)."""

    through: int = 0
    ahead: tuple[tuple[int, int], ...] = ()

    def with_all(self, sequences: Iterable[int]) -> "Progress":
        """The progress when these have come too; what was there already changes nothing."""
        ranges = sorted([*self.ahead, *((number, number) for number in sequences)])
        through = self.through
        merged: list[tuple[int, int]] = []
        for low, high in ranges:
            if low <= through + 1:
                through = max(through, high)
            elif merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((low, high))
        return Progress(through, tuple(merged))


def advance(
    connection: Connection, tables: MessagingTables, came: Mapping[Place, Sequence[int]], *, now: datetime
) -> None:
    """Write that these sequences were committed; to be called last in a transaction, for it locks their rows.

    Three statements at most, however many sources. Twice: the same. Several consumers take turns per source.
    """
    places = sorted(came)
    if not places:
        return
    here = _locked(connection, tables, places)
    if len(here) < len(places):
        missing = [place for place in places if place not in here]
        connection.execute(
            insert_or_skip(connection, tables.positions),
            [
                {"source": source, "source_epoch": epoch, "through": 0, "ahead": "[]", "heard_at": now}
                for source, epoch in missing
            ],
        )
        here = _locked(connection, tables, places)
    after = {place: here[place].with_all(came[place]) for place in places}
    _write(connection, tables.positions, after, now=now)


def _locked(connection: Connection, tables: MessagingTables, places: Sequence[Place]) -> dict[Place, Progress]:
    table = tables.positions
    rows = connection.execute(
        select(table.c.source, table.c.source_epoch, table.c.through, table.c.ahead)
        .where(or_(*(and_(table.c.source == source, table.c.source_epoch == epoch) for source, epoch in places)))
        .order_by(table.c.source, table.c.source_epoch)
        .with_for_update()
    )
    return {(row.source, row.source_epoch): _progress(row.through, row.ahead) for row in rows}


def _progress(through: int, ahead: str) -> Progress:
    return Progress(through, tuple((low, high) for low, high in orjson.loads(ahead)))


def _write(connection: Connection, table: Table, after: Mapping[Place, Progress], *, now: datetime) -> None:
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    upsert = insert.on_conflict_do_update(
        index_elements=["source", "source_epoch"],
        set_={name: insert.excluded[name] for name in ("through", "ahead", "heard_at")},
    )
    connection.execute(
        upsert,
        [
            {
                "source": source,
                "source_epoch": epoch,
                "through": progress.through,
                "ahead": orjson.dumps(progress.ahead).decode(),
                "heard_at": now,
            }
            for (source, epoch), progress in after.items()
        ],
    )


def standing_towards(
    connection: Connection, tables: MessagingTables, *, source: Address, epoch: str
) -> Standing:
    """How we stand towards ``source``, in its newest epoch that came here; ``epoch`` is our own."""
    return standings_towards(connection, tables, [source], epoch=epoch)[source]


def standings_towards(
    connection: Connection, tables: MessagingTables, sources: Sequence[Address], *, epoch: str
) -> dict[Address, Standing]:
    """The same towards several, in three queries."""
    if not sources:
        return {}
    positions, streams = tables.positions, tables.streams
    came = connection.execute(
        select(positions.c.source, positions.c.source_epoch, positions.c.through)
        .where(positions.c.source.in_([source.source for source in sources]))
        .order_by(positions.c.source_epoch)
    )
    newest = {row.source: row for row in came}
    spoken = connection.execute(
        select(streams.c.destination, streams.c.destination_epoch).where(
            streams.c.destination.in_([source.key for source in sources])
        )
    )
    heard = {row.destination: row.destination_epoch for row in spoken}
    forked = forks(connection, tables)
    found = {}
    for source in sources:
        row, fork = newest.get(source.source), forked.get(source.source)
        found[source] = Standing(
            through=row.through if row is not None else 0,
            source_epoch=row.source_epoch if row is not None else None,
            epoch=epoch,
            heard_epoch=heard.get(source.key),
            forked_since=fork.since if fork is not None else None,
        )
    return found
