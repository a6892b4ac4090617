"""Messages that came while their keys were locked: kept raw, sealed as they are, and taken when the keys are there."""

import threading
from collections.abc import Callable, Sequence

import orjson
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from shared.clock import Clock
from shared.errors import TryAgain
from shared.messaging.ports import RawMessage
from shared.messaging.tables import KEY
from shared.persistence.columns import Moment
from shared.persistence.engine import Database

Take = Callable[[Sequence[RawMessage]], object]
"""Whoever takes a batch, as a feed's does; not imported from there, since tables are declared without a broker."""
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of bodies kept: some ten thousand referral updates. Beyond that the broker keeps them, as when a window is off."""
MOST_ATTEMPTS = 5
"""How often a batch is tried that killed the process; the inbox tries what came twice alone before."""


def held_table(metadata: MetaData) -> Table:
    """In the order in which they came. ``attempts`` counts takings that were begun."""
    return Table(
        "held_messages",
        metadata,
        Column("position", Integer, primary_key=True),
        Column("exchange", String(KEY), nullable=False),
        Column("routing_key", String(250), nullable=False),
        Column("user_id", String(KEY)),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("size", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("kept_at", Moment, nullable=False),
    )


class HeldMessages:
    """What was kept of one queue. Safe to share between threads.

    Twice: what was taken and not yet removed when the process died is taken again, and the inbox knows it. In order:
    the oldest first, and ``take_all`` before anything new. Half way: a message is acknowledged to the broker after
    it was kept, and removed here after it was taken.
    """

    def __init__(self, database: Database, table: Table, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        self._database = database
        self._table = table
        self._clock = clock
        self._most_bytes = most_bytes
        self._taking = threading.Lock()

    def keep(self, messages: Sequence[RawMessage]) -> None:
        """Keep a batch on disk; ``TryAgain`` when there is no room: then they stay at the broker."""
        self.check_room()
        now = self._clock.now()
        rows = [
            {
                "exchange": one.exchange,
                "routing_key": one.routing_key,
                "user_id": one.user_id,
                "headers": orjson.dumps(one.kept_headers).decode(),
                "body": one.body,
                "size": len(one.body),
                "attempts": one.deliveries,
                "kept_at": now,
            }
            for one in messages
        ]
        with self._database.write() as connection:
            connection.execute(insert(self._table), rows)

    def check_room(self) -> None:
        """``TryAgain`` when no more can be kept; to be asked before anything is fetched from the broker."""
        if self.bytes_kept() >= self._most_bytes:
            message = "as many messages are kept as there is room for, until somebody signs in"
            raise TryAgain(message)

    def bytes_kept(self) -> int:
        """How much is kept."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(self._table.c.size), 0))).scalar_one())

    def count(self) -> int:
        """How many are kept."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(self._table)).scalar_one())

    def take_all(self, take: Take, bury: Take, *, size: int) -> None:
        """Give all to ``take``, ``size`` at once; what killed the process too often goes to ``bury``.

        Raises what ``take`` raises (``TryAgain`` when the keys went again): what was not taken stays.
        """
        with self._taking:
            while rows := self._next(size):
                poison = [row for row in rows if row["attempts"] >= MOST_ATTEMPTS]
                sound = [row for row in rows if row["attempts"] < MOST_ATTEMPTS]
                if sound:
                    self._take(sound, take)
                if poison:
                    bury([_raw(row) for row in poison])
                self._remove([row["position"] for row in rows])

    def _next(self, size: int) -> Sequence[RowMapping]:
        with self._database.read() as connection:
            query = select(self._table).order_by(self._table.c.position).limit(size)
            return connection.execute(query).mappings().all()

    def _take(self, rows: Sequence[RowMapping], take: Take) -> None:
        """Only the death of the process leaves an attempt counted: whatever else goes wrong is the taker's to judge."""
        positions = [row["position"] for row in rows]
        self._count(positions, 1)
        try:
            take([_raw(row) for row in rows])
        except BaseException:
            self._count(positions, -1)
            raise

    def _count(self, positions: Sequence[int], more: int) -> None:
        table = self._table
        with self._database.write() as connection:
            connection.execute(update(table).where(table.c.position.in_(positions)).values(attempts=table.c.attempts + more))

    def _remove(self, positions: Sequence[int]) -> None:
        with self._database.write() as connection:
            connection.execute(delete(self._table).where(self._table.c.position.in_(positions)))


class WhenOpen:
    """A way in that keeps what comes while the keys are locked, and brings it in, in order, when they are there."""

    def __init__(self, held: HeldMessages, is_open: Callable[[], bool], take: Take, bury: Take, *, size: int) -> None:
        self._held = held
        self._is_open = is_open
        self._take = take
        self._bury = bury
        self._size = size

    def __call__(self, messages: Sequence[RawMessage], /) -> object:
        """Take a batch, or keep it; ``TryAgain`` when neither is possible now."""
        if not self._is_open():
            self._held.keep(messages)
            return None
        self.take_kept()
        return self._take(messages)

    def take_kept(self) -> None:
        """What was kept, if the keys are there."""
        if self._is_open():
            self._held.take_all(self._take, self._bury, size=self._size)

    def probe(self) -> None:
        """``TryAgain`` while nothing can be taken or kept; asked before a feed consumes again."""
        if not self._is_open():
            self._held.check_room()


def _raw(row: RowMapping) -> RawMessage:
    return RawMessage(
        body=bytes(row["body"]),
        exchange=row["exchange"],
        routing_key=row["routing_key"],
        headers=orjson.loads(row["headers"]),
        user_id=row["user_id"],
        deliveries=row["attempts"],
    )
