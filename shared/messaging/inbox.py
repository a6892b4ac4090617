"""Takes what came, once (architecture.md, How an event travels, 3 and 4)."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic

import structlog
from sqlalchemy import Connection, insert, select

from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope
from shared.contracts.registry import read as read_event
from shared.contracts.standing import Standing
from shared.crash import CrashPoint, crash_point
from shared.errors import Forked, TryAgain, Unreadable
from shared.ids import new_id
from shared.messaging.dead_letters import DeadLetter, bury, dead_letter, discard, mark_replayed
from shared.messaging.ports import Opener, RawMessage
from shared.messaging.positions import Place, advance, standings_towards
from shared.messaging.reading import Incoming, Read, Reader, Received, reason_of
from shared.messaging.routes import SKIPPED
from shared.messaging.streams import insert_or_skip
from shared.messaging.tables import MessagingTables
from shared.messaging.trials import DEADLY, Trials
from shared.persistence.work import W, Works

ALONE_FROM = 2
"""Deliveries without an ack from which a message is handled alone: it may be what kills the process."""
DELIVERED_TOO_OFTEN = "delivered too often without an answer"
FORK = str(Forked("another event stands at this place of the sequence"))

log = structlog.get_logger()

Reaction = Callable[[Received, W], None]
Report = Callable[[W, Address, Standing], None]
Finish = Callable[[W], None]
Died = Callable[[W, Envelope | None, str], None]


def _nothing(_work: object) -> None:
    """For a service whose reactions gather nothing."""


@dataclass(frozen=True)
class Taken:
    """What became of some messages; the three add up to what came."""

    applied: int = 0
    duplicates: int = 0
    dead: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.applied + other.applied, self.duplicates + other.duplicates, self.dead + other.dead)


@dataclass(frozen=True)
class Replayed:
    """What became of a replay; ``reason`` when it took no effect."""

    took_effect: bool
    reason: str = ""


class Inbox(Generic[W]):
    """The one door through which events come into a service.

    Twice: an id that is here already has no second effect, but its source is told again how we stand. Late or
    out of order: reactions keep the highest version; ``through`` waits for the gap. Half way: ids, effects,
    dead letters and reports are one transaction, and the caller acknowledges only after it.
    What is wrong with a message is in its dead-letter row; what passes by itself (``TryAgain``) is raised.
    ``finish`` does, once a batch, what reactions only gathered; then each source's progress is locked, and ``report`` called.
    """

    def __init__(
        self,
        works: Works[W],
        tables: MessagingTables,
        *,
        opener: Opener,
        reactions: Mapping[str, Reaction[W]],
        report: Report[W],
        finish: Finish[W] = _nothing,
        me: Address,
        epoch: str,
        clock: Clock,
        died: Died[W] | None = None,
        read: Read = read_event,
    ) -> None:
        self._works = works
        self._tables = tables
        self._reader = Reader(opener=opener, me=me, read=read)
        self._reactions = reactions
        self._report = report
        self._finish = finish
        self._epoch = epoch
        self._clock = clock
        self._died = died
        self._trials = Trials(tables, life=new_id())

    def take(self, messages: Sequence[RawMessage]) -> Taken:
        """Take a batch in one transaction; one by one after a failure, so that a bad message hurts only itself.

        What came again without an answer is tried alone; if the process dies of it time after time it is buried untried.
        """
        together = [self._read(raw) for raw in messages if raw.deliveries < ALONE_FROM]
        alone = [raw for raw in messages if raw.deliveries >= ALONE_FROM]
        taken = self._take_together(together) if together else Taken()
        for raw in alone:
            taken += self._try_alone(raw)
        return taken

    def take_dead(self, messages: Sequence[RawMessage]) -> Taken:
        """Empty the broker's own dead-letter queue into the table: messages that were delivered too often.

        One that was for us counts in its source's sequence, so that it is not sent again for ever; one that was
        for somebody else is only kept. None is tried here: it may be what kills the process. ``replay`` is.
        """
        read = [self._reader.read(raw) for raw in messages]
        return self._take_in_one([replace(one, reason=one.reason or DELIVERED_TOO_OFTEN) for one in read])

    def _read(self, raw: RawMessage) -> Incoming:
        time.sleep(0)  # opening a seal is computing: let requests of this process run in between
        return self._reader.read(raw)

    def replay(self, letter_id: str) -> Replayed:
        """Try a dead letter again. It takes effect once, however often this is called, and from wherever.

        One that was quarantined because another event has its place is taken beside the sequence: whether it may
        have an effect is its reaction's to say, by what it is about and its version.
        """
        try:
            with self._works.open() as work:
                return self._replay(work, letter_id)
        except TryAgain:
            raise
        except Exception as error:  # noqa: BLE001 - it died again: the reason is the answer
            return Replayed(took_effect=False, reason=reason_of(error))

    def discard(self, letter_id: str) -> Replayed:
        """Let a letter be, after an operator has looked at it; its source is told how we stand without it."""
        with self._works.open() as work:
            letter = dead_letter(work.connection, self._tables, letter_id)
            settled = _settled(letter)
            if letter is None or settled is not None:
                return Replayed(took_effect=False, reason=settled or "")
            discard(work.connection, self._tables, letter_id, now=self._clock.now())
            if letter.source is not None:
                self._report_to(work, [Address.from_source(letter.source)])
            return Replayed(took_effect=True)

    def _replay(self, work: W, letter_id: str) -> Replayed:
        letter = dead_letter(work.connection, self._tables, letter_id)
        settled = _settled(letter)
        if letter is None or settled is not None:
            return Replayed(took_effect=False, reason=settled or "")
        incoming = self._reader.read(letter.raw)
        fresh = self._fresh(work.connection, [incoming])
        if self._forks(work.connection, [incoming], fresh):
            self._take_beside(work.connection, incoming)
        reason = incoming.reason or self._unknown(incoming)
        if reason is not None:
            raise Unreadable(reason)
        self._react(incoming, work)
        self._finish(work)
        mark_replayed(work.connection, self._tables, letter_id, now=self._clock.now())
        self._tell(work, [incoming], set())
        return Replayed(took_effect=True)

    def _take_together(self, batch: Sequence[Incoming]) -> Taken:
        try:
            return self._take_in_one(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, each message is tried by itself next
            log.warning("inbox.batch_failed", messages=len(batch), error=type(error).__name__)
        taken = Taken()
        for incoming in sorted(batch, key=lambda one: one.order):
            taken += self._take_alone(incoming)
        return taken

    def _try_alone(self, raw: RawMessage) -> Taken:
        with self._works.open() as work:
            may_be_tried = self._trials.begin(work.connection, raw)
        incoming = self._reader.read(raw)
        taken = self._take_alone(incoming if may_be_tried else replace(incoming, reason=incoming.reason or DEADLY))
        with self._works.open() as work:
            self._trials.survived(work.connection, raw)
        return taken

    def _take_alone(self, incoming: Incoming) -> Taken:
        try:
            return self._take_in_one([incoming])
        except TryAgain:
            raise
        except Exception as error:  # noqa: BLE001 - becomes the dead letter's reason
            reason = reason_of(error)
        return self._take_in_one([replace(incoming, reason=reason)])

    def _take_in_one(self, batch: Sequence[Incoming]) -> Taken:
        with self._works.open() as work:
            fresh = self._fresh(work.connection, batch)
            forks = self._forks(work.connection, batch, fresh)
            crash_point(CrashPoint.AFTER_INBOX)
            dead: list[Incoming] = []
            duplicates = 0
            for incoming in sorted(batch, key=lambda one: one.order):
                if incoming.place is not None and incoming.envelope is not None:
                    if incoming.envelope.id in forks:
                        dead.append(replace(incoming, reason=FORK))
                        continue
                    if incoming.envelope.id not in fresh:
                        duplicates += 1
                        continue
                    fresh.discard(incoming.envelope.id)
                reason = incoming.reason or self._unknown(incoming)
                if reason is not None:
                    dead.append(replace(incoming, reason=reason))
                else:
                    self._react(incoming, work)
            self._finish(work)
            self._bury(work, dead)
            if dead:
                crash_point(CrashPoint.AFTER_DEAD_LETTER)
            self._tell(work, batch, forks)
        return Taken(len(batch) - duplicates - len(dead), duplicates, len(dead))

    def _fresh(self, connection: Connection, batch: Sequence[Incoming]) -> set[str]:
        """Write the ids of this batch in one statement; returns those that were not here."""
        inbox, now = self._tables.inbox, self._clock.now()
        rows = [
            {
                "id": one.envelope.id,
                "source": one.envelope.source,
                "source_epoch": one.envelope.epoch,
                "sequence": one.envelope.sequence,
                "taken_at": now,
            }
            for one in batch
            if one.envelope is not None and one.place is not None
        ]
        if not rows:
            return set()
        rows.sort(key=lambda row: str(row["id"]))
        statement = insert_or_skip(connection, inbox).returning(inbox.c.id)
        return set(connection.execute(statement, rows).scalars())

    def _forks(self, connection: Connection, batch: Sequence[Incoming], fresh: set[str]) -> set[str]:
        """Ids that could not be written although they were not here: another id has their place."""
        skipped = [one for one in batch if one.place and one.envelope and one.envelope.id not in fresh]
        if not skipped:
            return set()
        return {one.envelope.id for one in skipped if one.envelope} - self._known(connection, skipped)

    def _take_beside(self, connection: Connection, incoming: Incoming) -> None:
        """Write the id of an event whose place another one has."""
        envelope = incoming.envelope
        if envelope is not None:
            row = {"id": envelope.id, "source": envelope.source, "source_epoch": f"beside {envelope.id}",
                   "sequence": envelope.sequence, "taken_at": self._clock.now()}
            connection.execute(insert(self._tables.inbox), [row])

    def _known(self, connection: Connection, batch: Sequence[Incoming]) -> set[str]:
        inbox = self._tables.inbox
        ids = [one.envelope.id for one in batch if one.envelope is not None]
        return set(connection.execute(select(inbox.c.id).where(inbox.c.id.in_(ids))).scalars())

    def _unknown(self, incoming: Incoming) -> str | None:
        if incoming.envelope is None or incoming.envelope.type in {SKIPPED, *self._reactions}:
            return None
        return f"no reaction to {incoming.envelope.type} here"

    def _react(self, incoming: Incoming, work: W) -> None:
        envelope, source = incoming.envelope, incoming.source
        if envelope is None or source is None or envelope.type == SKIPPED:
            return
        crash_point(CrashPoint.BEFORE_EFFECT, of=envelope.subject)
        self._reactions[envelope.type](Received(incoming.event, envelope, source), work)

    def _bury(self, work: W, dead: Sequence[Incoming]) -> None:
        bury(work.connection, self._tables, dead, now=self._clock.now())
        for one in dead:
            log.error("inbox.dead_letter", reason=one.reason, id=one.envelope.id if one.envelope else None)
            if self._died is not None:
                self._died(work, one.envelope, one.reason or "")

    def _tell(self, work: W, batch: Sequence[Incoming], forks: set[str]) -> None:
        """Count what came, duplicates and dead ones too, but not what has another's place; report to each source."""
        came: dict[Place, list[int]] = {}
        sources: dict[str, Address] = {}
        for one in batch:
            if one.place is not None and one.source is not None:
                name, epoch, sequence = one.place
                sources[name] = one.source
                if one.envelope is None or one.envelope.id not in forks:
                    came.setdefault((name, epoch), []).append(sequence)
        advance(work.connection, self._tables, came, now=self._clock.now())
        self._report_to(work, sorted(sources.values()))

    def _report_to(self, work: W, sources: Sequence[Address]) -> None:
        for source, standing in standings_towards(work.connection, self._tables, sources, epoch=self._epoch).items():
            self._report(work, source, standing)


def _settled(letter: DeadLetter | None) -> str | None:
    """Why nothing can be done about a letter any more; None when it waits."""
    if letter is None:
        return "there is no such letter"
    if letter.replayed_at is not None:
        return "it was replayed before"
    return "it was discarded before" if letter.discarded_at is not None else None
