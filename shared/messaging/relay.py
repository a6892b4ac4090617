"""Brings what stands in the outbox to the broker (architecture.md, How an event travels, 2).

Lease in a short transaction, publish outside of it, mark in the next: a crash anywhere costs one resend at most.
Plain Python: clock, randomness, publisher and database are arguments.
"""

import random as randomness
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, select, update

from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.crash import CrashPoint, crash_point
from shared.messaging.messages import Leased, Messages, Rebuild
from shared.messaging.ports import Outcome, Publisher, Sealer, Signer
from shared.messaging.settle import reopen_all, reopen_quiet
from shared.messaging.streams import Stream, give_places, lock_streams
from shared.messaging.tables import MessagingTables
from shared.persistence.engine import Database

LEASE = timedelta(seconds=60)
"""How long a leased row is left to its relay: longer than a publish may wait for its confirms."""
MOST_BATCHES = 50
"""Batches in one turn, so that a stop is never far."""
LONGEST_BACK_OFF = {Outcome.UNKNOWN: 10.0, Outcome.UNROUTABLE: 300.0, Outcome.NACKED: 300.0}
"""Seconds that a row waits at most after a failure; doubling from 1."""
LONGEST_PATIENCE = timedelta(hours=1)
"""Between two resends to a destination that stays silent (contracts.md, RESEND_AFTER)."""
FARTHEST = timedelta(minutes=10)
"""No row is put off for longer: one that is due later was written before our clock was turned back."""
RESEND_CHECK = 5.0
"""Seconds between two looks for destinations that are silent."""

log = structlog.get_logger()


Attempt = Mapping[Leased, Outcome]


class Relay:
    """One relay of one service. Several may run against one PostgreSQL.

    A row is marked sent only by its own ack without a return. What was returned, refused or not answered goes
    back with a back-off and a visible ``problem``. Twice: a resend carries the same id and, in one epoch, the
    same place. Out of order: several relays do not keep it; versions do. ``held_up``: the last turn left rows whose
    stream somebody else held just then; nobody wakes a relay when that is over.
    """

    def __init__(
        self,
        database: Database,
        tables: MessagingTables,
        publisher: Publisher,
        *,
        sealer: Sealer,
        signer: Signer,
        me: Address,
        epoch: str,
        clock: Clock,
        rebuild: Rebuild,
        batch_size: int = 100,
        resend_after: float = 60.0,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._database = database
        self._tables = tables
        self._publisher = publisher
        self.messages = Messages(database, sealer=sealer, signer=signer, me=me, epoch=epoch, rebuild=rebuild)
        self._epoch = epoch
        self._clock = clock
        self._batch_size = batch_size
        self._resend_after = timedelta(seconds=resend_after)
        self._random = random
        self._started = False
        self._looked_at: datetime | None = None
        self.held_up = False

    def turn(self) -> int:
        """Send what is due now; returns how many were published (0: nothing to do). ``TryAgain`` without a broker."""
        if not self._started:
            self._start()
        self.held_up = False
        self._publisher.ready()
        if not self._look():
            return 0
        published = 0
        attempt: Attempt = {}
        for _ in range(MOST_BATCHES):
            with self._database.write() as connection:
                self._mark(connection, attempt)
                leased = self._lease(connection)
            if attempt:
                crash_point(CrashPoint.AFTER_MARK)
            if not leased:
                return published
            crash_point(CrashPoint.AFTER_LEASE)
            attempt = self._publish(leased)
            crash_point(CrashPoint.AFTER_CONFIRM)
            published += len(attempt)
            if Outcome.UNKNOWN in attempt.values():
                break
        with self._database.write() as connection:
            self._mark(connection, attempt)
        return published

    def close(self) -> None:
        """Let go of the broker."""
        self._publisher.close()

    def _start(self) -> None:
        """All without receipt goes again (architecture.md, 6); leases of a process that died end by themselves."""
        with self._database.write() as connection:
            reopen_all(
                connection,
                self._tables,
                epoch=self._epoch,
                now=self._clock.now(),
                alone=self._database.dialect == "sqlite",
            )
        self._started = True

    def _look(self) -> bool:
        """Whether something is due; now and then also looks for what silence or a clock turned back holds up."""
        outbox, now = self._tables.outbox, self._clock.now()
        pause = min(timedelta(seconds=RESEND_CHECK), self._resend_after / 2)
        asks = self._looked_at is None or _is_over(self._looked_at, pause, now=now)
        with self._database.read() as connection:
            due = connection.execute(select(outbox.c.id).where(outbox.c.due_at <= now).limit(1)).first() is not None
            silent = self._silent(connection, now) if asks else []
            stranded = asks and connection.execute(select(outbox.c.id).where(self._is_stranded(now)).limit(1)).first()
        for key in silent:  # one transaction each: who holds one stream must not wait for another
            with self._database.write() as connection:
                reopen_quiet(connection, self._tables, key, self._batch_size, now=now)
        if stranded:
            with self._database.write() as connection:
                connection.execute(update(outbox).where(self._is_stranded(now)).values(due_at=now))
        if asks:
            self._looked_at = now
        return due or bool(silent) or bool(stranded)

    def _silent(self, connection: Connection, now: datetime) -> list[str]:
        """Destinations that have not moved for too long: their first rows go again."""
        streams = self._tables.streams
        waiting = select(streams.c.destination, streams.c.quiet_since, streams.c.resends).where(
            streams.c.through < streams.c.last_sequence
        )
        rows = connection.execute(waiting)
        return [key for key, since, resends in rows if _is_over(since, self._patience(resends), now=now)]

    def _is_stranded(self, now: datetime) -> ColumnElement[bool]:
        return self._tables.outbox.c.due_at > now + FARTHEST

    def _patience(self, resends: int) -> timedelta:
        longest = max(LONGEST_PATIENCE, self._resend_after)
        return min(self._resend_after * float(2 ** min(resends, 12)), longest)

    def _lease(self, connection: Connection) -> Sequence[Leased]:
        """Claim the oldest due rows and give new ones their places, in one update."""
        outbox, now = self._tables.outbox, self._clock.now()
        is_due = outbox.c.due_at <= now
        oldest = select(outbox.c.destination).where(is_due).order_by(outbox.c.due_at, outbox.c.id)
        first = oldest.limit(self._batch_size).subquery()
        keys = connection.execute(select(first.c.destination).distinct()).scalars().all()
        if not keys:
            return []
        streams = lock_streams(connection, self._tables, keys, epoch=self._epoch, now=now, wait=False)
        self.held_up = len(streams) < len(keys)
        query = (
            select(*(outbox.c[name] for name in Leased.__dataclass_fields__))
            .where(is_due, outbox.c.destination.in_(list(streams)))
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(self._batch_size)
            .with_for_update(skip_locked=True)
        )
        rows = [Leased(*row) for row in connection.execute(query)]
        if not rows:
            return []
        places = self._claim(connection, [row.id for row in rows], now=now)
        given: dict[Stream, int] = {}
        for row in rows:
            place = places[row.id]
            if row.sequence is None and place is not None:
                stream = streams[row.destination]
                given[stream] = max(place, given.get(stream, 0))
        give_places(connection, self._tables, given, epoch=self._epoch, now=now)
        return [
            replace(row, epoch=self._epoch, sequence=places[row.id], attempts=row.attempts + 1) for row in rows
        ]

    def _claim(self, connection: Connection, ids: Sequence[str], *, now: datetime) -> dict[str, int | None]:
        """Lease rows of locked streams and count on from each stream's last place, in one update."""
        outbox, streams = self._tables.outbox, self._tables.streams
        new = and_(outbox.c.sequenced.is_(True), outbox.c.sequence.is_(None))
        counted = func.row_number().over(partition_by=[outbox.c.destination, new], order_by=[outbox.c.due_at, outbox.c.id])
        placed = (
            select(outbox.c.id, case((new, streams.c.last_sequence + counted), else_=outbox.c.sequence).label("place"))
            .join(streams, streams.c.destination == outbox.c.destination)
            .where(outbox.c.id.in_(ids))
            .subquery()
        )
        claimed = connection.execute(
            update(outbox)
            .where(outbox.c.id == placed.c.id)
            .values(
                sequence=placed.c.place,
                epoch=self._epoch,
                due_at=now + LEASE,
                attempts=outbox.c.attempts + 1,
            )
            .returning(outbox.c.id, outbox.c.sequence)
        )
        return {row.id: row.sequence for row in claimed}

    def _publish(self, leased: Sequence[Leased]) -> Attempt:
        outgoing = {}
        for row in leased:
            made = self.messages.outgoing(row)
            if made is not None:
                outgoing[row.id] = made
        outcomes = self._publisher.publish(list(outgoing.values()))
        return {row: outcomes.get(row.id, Outcome.UNKNOWN) for row in leased}

    def _mark(self, connection: Connection, attempt: Attempt) -> None:
        """Write what became of a batch: one update for what was sent, one per kind of failure.

        Rows that somebody else holds are left to them: a receipt that settles or reopens them. Waiting for each
        other would end one of the two. If that transaction fails, the row goes again when its lease ends.
        """
        outbox, now = self._tables.outbox, self._clock.now()
        sent = [row for row, outcome in attempt.items() if outcome is Outcome.SENT]
        lasting = [row.id for row in sent if row.sequenced]
        passing = [row.id for row in sent if not row.sequenced]
        if lasting:
            connection.execute(
                update(outbox)
                .where(self._unheld(lasting))
                .values(due_at=None, sent_at=func.coalesce(outbox.c.sent_at, now), attempts=0, problem=None)
            )
        if passing:
            connection.execute(delete(outbox).where(self._unheld(passing)))
        for (outcome, seconds), ids in self._failures(attempt).items():
            delay = timedelta(seconds=seconds * (0.5 + self._random() / 2))
            connection.execute(
                update(outbox)
                .where(self._unheld(ids), outbox.c.settled_at.is_(None))
                .values(due_at=now + delay, problem=outcome.value)
            )
            log.warning("outbox.not_sent", problem=outcome.value, rows=len(ids), again_in=delay.total_seconds())

    def _unheld(self, ids: Sequence[str]) -> ColumnElement[bool]:
        outbox = self._tables.outbox
        return outbox.c.id.in_(select(outbox.c.id).where(outbox.c.id.in_(ids)).with_for_update(skip_locked=True))

    def _failures(self, attempt: Attempt) -> dict[tuple[Outcome, float], list[str]]:
        found: dict[tuple[Outcome, float], list[str]] = {}
        for row, outcome in attempt.items():
            if outcome is not Outcome.SENT:
                seconds = min(2.0 ** min(row.attempts - 1, 10), LONGEST_BACK_OFF[outcome])
                found.setdefault((outcome, seconds), []).append(row.id)
        return found


def _is_over(since: datetime, wait: timedelta, *, now: datetime) -> bool:
    """Whether ``wait`` is over; also when it began in the future: our clock was turned back meanwhile."""
    return not timedelta() <= now - since < wait
