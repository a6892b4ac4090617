"""All that one destination has not taken yet, as the relay would publish it, for another way than the broker."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.messaging.messages import Leased, Messages
from shared.messaging.ports import Outgoing
from shared.messaging.settle import reopen_all
from shared.messaging.streams import give_places, lock_streams
from shared.messaging.tables import MessagingTables
from shared.persistence.engine import Database

AT_ONCE = 500
"""Rows read at once."""


class Exporter:
    """Reads the outbox beside the relay, which may run: both give the same places, and send the same messages.

    Twice: the same messages again. What has no receipt stays in the outbox, and the relay sends it too when it can.
    """

    def __init__(
        self, database: Database, tables: MessagingTables, messages: Messages, *, epoch: str, clock: Clock
    ) -> None:
        self._database = database
        self._tables = tables
        self._messages = messages
        self.epoch = epoch
        self._clock = clock

    def everything_for(self, to: Address) -> Iterator[Outgoing]:
        """Every message that ``to`` has not taken, in the order of its sequence; last what is said of standings."""
        with self._database.write() as connection:
            self._give_places(connection, to)
        outbox, last = self._tables.outbox, 0
        while rows := self._read(to, last):
            last = rows[-1].sequence or last
            yield from self._made(rows)
        keys = [to.key, Address.everyone(to.node).key] if to.is_window else [to.key]
        with self._database.read() as connection:
            query = self._leased().where(outbox.c.destination.in_(keys), outbox.c.sequenced.is_(False))
            passing = [Leased(*row) for row in connection.execute(query.order_by(outbox.c.id))]
        yield from self._made(passing)

    def _made(self, rows: list[Leased]) -> Iterator[Outgoing]:
        return (made for made in map(self._messages.outgoing, rows) if made is not None)

    def _give_places(self, connection: Connection, to: Address) -> None:
        """New rows get theirs as a relay would give them; the first of a new epoch all anew."""
        outbox, now = self._tables.outbox, self._clock.now()
        stream = lock_streams(connection, self._tables, [to.key], epoch=self.epoch, now=now)[to.key]
        if stream.epoch != self.epoch:
            reopen_all(connection, self._tables, epoch=self.epoch, now=now, alone=False)
            stream = lock_streams(connection, self._tables, [to.key], epoch=self.epoch, now=now)[to.key]
        new = connection.execute(
            select(outbox.c.id)
            .where(outbox.c.destination == to.key, outbox.c.sequenced.is_(True), outbox.c.sequence.is_(None))
            .order_by(outbox.c.due_at, outbox.c.id)
            .with_for_update()
        ).scalars().all()
        if not new:
            return
        placed = update(outbox).where(outbox.c.id == bindparam("row")).values(sequence=bindparam("place"), epoch=self.epoch)
        places = [{"row": row, "place": place} for place, row in enumerate(new, stream.last_sequence + 1)]
        connection.execute(placed, places)
        give_places(connection, self._tables, {stream: stream.last_sequence + len(new)}, epoch=self.epoch, now=now)

    def _read(self, to: Address, after: int) -> list[Leased]:
        outbox = self._tables.outbox
        waiting = self._leased().where(
            outbox.c.destination == to.key, outbox.c.sequenced.is_(True), outbox.c.settled_at.is_(None),
            outbox.c.sequence > after,
        )
        with self._database.read() as connection:
            return [Leased(*row) for row in connection.execute(waiting.order_by(outbox.c.sequence).limit(AT_ONCE))]

    def _leased(self) -> Select[*tuple[Any, ...]]:
        return select(*(self._tables.outbox.c[name] for name in Leased.__dataclass_fields__))
