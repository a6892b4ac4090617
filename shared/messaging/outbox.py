"""What a service has to say, written in the act's own transaction (architecture.md, How an event travels, 1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson
from sqlalchemy import Connection, delete, func, insert, select, tuple_

from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.contracts.registry import wire
from shared.errors import Broken
from shared.ids import new_id
from shared.messaging.ports import Sealer
from shared.messaging.routes import is_for_all, route
from shared.messaging.tables import MessagingTables
from shared.security.keyring import Label


class Outbox:
    """The events of one open unit of work. They exist exactly when the act commits.

    A body is sealed for its destination as soon as it is appended, so nothing personal waits in clear. The
    relay gives each row its place in the destination's sequence later: here it would make all acts queue.
    """

    def __init__(
        self,
        connection: Connection,
        tables: MessagingTables,
        sealer: Sealer,
        me: Address,
        clock: Clock,
        *,
        traceparent: str | None = None,
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._sealer = sealer
        self._me = me
        self._clock = clock
        self._traceparent = traceparent
        self._rows: list[dict[str, object]] = []
        self.appended = False

    def append(
        self, event: object, *, to: Address, subject: str, version: int, sequenced: bool = True
    ) -> str:
        """Say ``event`` to ``to``; returns its id, the same at every resend.

        ``sequenced=False`` is for what is said again anyway (receipts, heartbeats, positions, the directory):
        it gets no receipt, is never sent twice, and a newer one replaces an older one that still waits.
        """
        kind, schema_version, data = wire(event)
        event_id, now = new_id(), self._clock.now()
        exchange, routing_key = route(self._me, to, kind)
        if is_for_all(to) and sequenced:
            message = "what is for all has no sequence"
            raise Broken(message)
        self._rows.append({
            "id": event_id,
            "destination": to.key,
            "exchange": exchange,
            "routing_key": routing_key,
            "type": kind,
            "schema_version": schema_version,
            "subject": subject,
            "version": version,
            "time": now,
            "traceparent": self._traceparent,
            "body": body_for(Label(event_id, kind, version, self._me, to), data, sealer=self._sealer),
            "sequenced": sequenced,
            "due_at": now,
            "attempts": 0,
        })
        self.appended = True
        return event_id

    def flush(self) -> None:
        """Write all rows in one statement; older unsequenced ones of the same kind go first, unless in flight."""
        if not self._rows:
            return
        newest = {
            (row["destination"], row["type"]): row["id"] for row in self._rows if not row["sequenced"]
        }
        rows = [
            row
            for row in self._rows
            if row["sequenced"] or newest[row["destination"], row["type"]] == row["id"]
        ]
        if newest:
            self._drop_older(list(newest))
        self._connection.execute(insert(self._tables.outbox), rows)
        self._rows = []

    def _drop_older(self, kinds: Sequence[tuple[object, object]]) -> None:
        outbox = self._tables.outbox
        older = (
            select(outbox.c.id)
            .where(
                outbox.c.settled_at.is_(None),
                outbox.c.sequenced.is_(False),
                tuple_(outbox.c.destination, outbox.c.type).in_(kinds),
            )
            # skipping what another transaction holds: two writers of receipts must not wait for each other
            .with_for_update(skip_locked=True)
        )
        self._connection.execute(delete(outbox).where(outbox.c.id.in_(older)))


def body_for(label: Label, data: Mapping[str, object], *, sealer: Sealer) -> str:
    """The text kept in the outbox: sealed for its destination, or plain JSON where it is for all windows."""
    return orjson.dumps(data).decode() if is_for_all(label.to) else sealer.seal(data, label)


class Delivery(StrEnum):
    """How far what was said about one subject has come; the least of its events counts."""

    QUEUED = "queued"
    SENT = "sent"
    RECEIVED = "received"


def delivery_of(
    connection: Connection, tables: MessagingTables, subjects: Sequence[str], *, to: Address
) -> dict[str, Delivery]:
    """The delivery of each subject to ``to``, in one query: ``received`` when nothing of it is open."""
    outbox = tables.outbox
    rows = connection.execute(
        select(outbox.c.subject, func.count() - func.count(outbox.c.sent_at))
        .where(
            outbox.c.subject.in_(subjects),
            outbox.c.destination == to.key,
            outbox.c.settled_at.is_(None),
            outbox.c.sequenced.is_(True),
        )
        .group_by(outbox.c.subject)
    )
    still_open = {subject: Delivery.QUEUED if unsent else Delivery.SENT for subject, unsent in rows}
    return {subject: still_open.get(subject, Delivery.RECEIVED) for subject in subjects}


@dataclass(frozen=True)
class Backlog:
    """What a service still has to bring home: ``queued`` unsent, ``unreceipted`` sent, ``problems`` by kind."""

    queued: int
    unreceipted: int
    problems: Mapping[str, int]


def backlog(connection: Connection, tables: MessagingTables) -> Backlog:
    """Counts for ``/sync``, ``/readyz`` and the metrics; reads only what is open."""
    outbox = tables.outbox
    rows = connection.execute(
        select(outbox.c.problem, func.count(), func.count(outbox.c.sent_at))
        .where(outbox.c.settled_at.is_(None), outbox.c.sequenced.is_(True))
        .group_by(outbox.c.problem)
    ).all()
    return Backlog(
        queued=sum(total - sent for _, total, sent in rows),
        unreceipted=sum(sent for _, _, sent in rows),
        problems={problem: total for problem, total, _ in rows if problem is not None},
    )
