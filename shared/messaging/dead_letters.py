"""What could not be understood, as rows: bytes, headers and reason, counted, shown, replayed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.errors import Forked
from shared.ids import new_id
from shared.messaging.ports import RawMessage
from shared.messaging.reading import Incoming
from shared.messaging.tables import MessagingTables

LONGEST_REASON = 300
"""Characters of a reason; longer ones are cut."""


@dataclass(frozen=True)
class DeadLetter:
    """One letter: what is known of the event, why it died, how often it came. Its bytes are in ``raw``."""

    id: str
    reason: str
    source: str | None
    event_id: str | None
    type: str | None
    subject: str | None
    count: int
    first_at: datetime
    last_at: datetime
    replayed_at: datetime | None
    discarded_at: datetime | None
    raw: RawMessage


@dataclass(frozen=True)
class Fork:
    """Somebody else speaks in a source's name: since when, and how many of its messages wait for an operator."""

    since: datetime
    letters: int


def bury(connection: Connection, tables: MessagingTables, dead: Sequence[Incoming], *, now: datetime) -> None:
    """Keep these messages in the batch's own transaction. The same bytes for the same reason are counted up.

    What comes once more after it was discarded waits again: whoever sends it is still there.
    """
    if not dead:
        return
    letters: dict[tuple[str, str], dict[str, object]] = {}
    for incoming in dead:
        row = _row(incoming, now=now)
        first = letters.setdefault((str(row["digest"]), str(row["reason"])), {**row, "count": 0})
        first["count"] = int(str(first["count"])) + 1
    table = tables.dead_letters
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    upsert = insert.on_conflict_do_update(
        index_elements=["digest", "reason"],
        set_={
            "count": table.c.count + insert.excluded.count,
            "last_at": insert.excluded.last_at,
            "discarded_at": None,
        },
    )
    connection.execute(upsert, list(letters.values()))


def _row(incoming: Incoming, *, now: datetime) -> dict[str, object]:
    raw, envelope = incoming.raw, incoming.envelope
    return {
        "id": new_id(),
        "digest": hashlib.sha256(raw.body).hexdigest(),
        "reason": (incoming.reason or "unknown")[:LONGEST_REASON],
        "source": envelope.source if envelope else None,
        "event_id": envelope.id if envelope else None,
        "type": envelope.type if envelope else None,
        "subject": envelope.subject if envelope else None,
        "exchange": raw.exchange,
        "routing_key": raw.routing_key,
        "user_id": raw.user_id,
        "headers": orjson.dumps(raw.kept_headers).decode(),
        "body": raw.body,
        "first_at": now,
        "last_at": now,
    }


def dead_letters(
    connection: Connection, tables: MessagingTables, *, after: str = "", most: int = 200
) -> list[DeadLetter]:
    """What waits to be looked at or replayed, oldest first; ``after`` is the last id of the page before."""
    table = tables.dead_letters
    rows = connection.execute(
        select(table).where(waiting(tables), table.c.id > after).order_by(table.c.id).limit(most)
    )
    return [_letter(row) for row in rows.mappings()]


def dead_letter(connection: Connection, tables: MessagingTables, letter_id: str) -> DeadLetter | None:
    """One letter, locked until the transaction ends, so that two replays cannot both take effect."""
    table = tables.dead_letters
    row = connection.execute(select(table).where(table.c.id == letter_id).with_for_update()).mappings().first()
    return _letter(row) if row is not None else None


def mark_replayed(connection: Connection, tables: MessagingTables, letter_id: str, *, now: datetime) -> None:
    """The letter took effect: it is no longer listed, and is not replayed again."""
    table = tables.dead_letters
    connection.execute(update(table).where(table.c.id == letter_id).values(replayed_at=now))


def discard(connection: Connection, tables: MessagingTables, letter_id: str, *, now: datetime) -> None:
    """An operator has seen to it: it is no longer listed, and its bytes stay as long as any letter's."""
    table = tables.dead_letters
    connection.execute(update(table).where(table.c.id == letter_id).values(discarded_at=now))


def forks(connection: Connection, tables: MessagingTables) -> Mapping[str, Fork]:
    """Every source of which something was quarantined because it contradicts what the source said before."""
    table = tables.dead_letters
    rows = connection.execute(
        select(table.c.source, func.min(table.c.first_at), func.count())
        .where(waiting(tables), table.c.source.is_not(None), table.c.reason.startswith(Forked.MARK))
        .group_by(table.c.source)
    )
    return {source: Fork(since, letters) for source, since, letters in rows}


def waiting(tables: MessagingTables) -> ColumnElement[bool]:
    """Neither replayed nor discarded."""
    table = tables.dead_letters
    return table.c.replayed_at.is_(None) & table.c.discarded_at.is_(None)


def _letter(row: RowMapping) -> DeadLetter:
    raw = RawMessage(
        body=bytes(row["body"]),
        exchange=row["exchange"],
        routing_key=row["routing_key"],
        headers=orjson.loads(row["headers"]),
        user_id=row["user_id"],
    )
    return DeadLetter(
        id=row["id"],
        reason=row["reason"],
        source=row["source"],
        event_id=row["event_id"],
        type=row["type"],
        subject=row["subject"],
        count=row["count"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        replayed_at=row["replayed_at"],
        discarded_at=row["discarded_at"],
        raw=raw,
    )
