"""A service as small as it can be: states with versions, told and heard, over the real outbox, relay and inbox."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from shared.contracts.addresses import Address
from shared.contracts.digest import Bucket, bucket_of, differing, digest_of
from shared.contracts.position import Position
from shared.contracts.receipt import Receipt
from shared.contracts.resync_requested import ResyncRequested
from shared.contracts.standing import Standing
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.errors import Forked, TryAgain
from shared.messaging.dead_letters import dead_letters
from shared.messaging.epochs import epoch_of
from shared.messaging.inbox import Inbox, Taken
from shared.messaging.messages import Rebuilt
from shared.messaging.new_life import begin_life
from shared.messaging.outbox import Outbox, backlog
from shared.messaging.ports import RawMessage
from shared.messaging.positions import standing_towards
from shared.messaging.reading import Received
from shared.messaging.recovery import (
    ANSWERED_TO,
    answered_to,
    begin_recovery,
    end_recovery,
    is_recovering,
    note_answer,
    take_answer,
    was_restored,
    who_answered,
)
from shared.messaging.relay import Relay
from shared.messaging.settle import settle
from shared.persistence.work import Works
from tests.simulation import events
from tests.simulation.broker import Broker, SimulatedPublisher
from tests.simulation.chance import Chance, Crash
from tests.simulation.clocks import NodeClock, Time
from tests.simulation.events import STANDINGS, Said
from tests.simulation.seals import Seals
from tests.simulation.store import TABLES, Disk, Rows, SimulatedDatabase

NODE = "sv"
WINDOW = Address.window(NODE, "la-union")
HUB = Address.hub(NODE)
NOTIFICATIONS = Address.notifications(NODE)
INCARNATION = 1_000_000
"""A window's versions are ``(incarnation, n)``: one number here, in which the incarnation weighs most."""
ASKED_EVERY = 3000.0
"""Seconds after which a hub asks a window again for what differs; an hour in earnest."""
State = tuple[int, str]
"""A version, and everything that was done to the subject until then: a token each."""


@dataclass
class NodeWork:
    """An open unit of work of a simulated node."""

    connection: Connection
    outbox: Outbox

    def flush(self) -> None:
        self.outbox.flush()


@dataclass
class Around:
    """What a node has around it: all of it decided by the seed."""

    chance: Chance
    time: Time
    broker: Broker
    meanwhile: Callable[["Node"], None]
    committed: Callable[["Node"], None]
    mended: bool = False
    told: dict[tuple[str, str], set[State]] = field(default_factory=dict)
    """Every state that some node ever committed of a subject: nothing else may be held anywhere."""
    acts: int = 0


class Node:
    """One service with its disk. ``boot`` is the start of its process, and ``kill`` its end."""

    def __init__(self, me: Address, disk: Disk, around: Around, *, relays: int, batch_size: int) -> None:
        self.me = me
        self.disk = disk
        self.around = around
        self.clock = NodeClock(around.time)
        self.batch_size = batch_size
        self.incarnation = 1
        self.is_down = False
        self.is_restored = False
        self.taken = Taken()
        self._relays = relays
        self._seals = Seals(me)
        disk.put_back({})

    def boot(self) -> None:
        """As a service starts: everything from its disk, nothing from before."""
        around, tables = self.around, TABLES.messaging
        dialect = "sqlite" if self.me.is_window else "postgresql"
        self.database = SimulatedDatabase(self.disk, dialect, self.step, lambda: around.committed(self))
        self.epoch = epoch_of(self.disk.connection, tables)
        works: Works[NodeWork] = Works(self.database, self._work, lambda: self.step("wake"))
        self.works = works
        self.inbox: Inbox[NodeWork] = Inbox(
            works, tables, opener=self._seals, me=self.me, epoch=self.epoch, clock=self.clock, report=self._report,
            reactions={
                **dict.fromkeys(events.CONTENT, self._hear), **dict.fromkeys(STANDINGS, self._settle),
                "referral.held": self._hear_held, "resync.requested": self._hear_asked,
            },
            read=events.read,
        )
        self.relays = [self._relay() for _ in range(self._relays)]
        self.is_down = False

    def _relay(self) -> Relay:
        around = self.around
        publisher = SimulatedPublisher(
            around.broker, around.chance, step=self.step, meanwhile=self._meanwhile
        )
        return Relay(
            self.database, TABLES.messaging, publisher, sealer=self._seals, signer=self._seals, me=self.me,
            epoch=self.epoch, clock=self.clock, rebuild=self._rebuild, batch_size=self.batch_size,
            resend_after=60.0, random=around.chance.random.random,
        )

    def kill(self) -> None:
        self.is_down = True

    def restore(self, rows: Rows, incarnation: int) -> None:
        """As ``ventanilla restore``: a new epoch; a window's versions begin above all it ever told, a hub learns back."""
        self.kill()
        self.disk.put_back(rows)
        begin_life(self.disk.connection, TABLES.messaging, above=None, forgets=(ANSWERED_TO,))
        if self.me == HUB:
            begin_recovery(self.disk.connection, TABLES.messaging)
        self.incarnation = incarnation
        self.is_restored = True

    def step(self, where: str) -> None:
        """A place where the process may die, or its database be away."""
        chance, faults = self.around.chance, self.around.chance.faults
        if self.around.mended:
            return
        if chance.of(faults.crash):
            raise Crash(self.me.name, where)
        if where in {"begin", "read"} and chance.of(faults.away):
            raise TryAgain("the database is away")

    def _meanwhile(self) -> None:
        assert not self.database.in_transaction, "published inside a transaction"
        self.around.meanwhile(self)

    def _work(self, connection: Connection) -> NodeWork:
        return NodeWork(connection, Outbox(connection, TABLES.messaging, self._seals, self.me, self.clock))

    # what it says

    def tells(self, subject: str) -> None:
        """A window registers or changes a case; an officer at the hub acts on it, unless it recovers."""
        if self.version_of(subject, "erased"):
            return
        with self.works.open() as work:
            if self.me == HUB and is_recovering(work.connection, TABLES.messaging, WINDOW):
                return
            self._act(work, subject)

    def erases(self, subject: str) -> None:
        """Nothing may be told of it any more, then or later."""
        with self.works.open():
            self._put(subject, "erased", (1, ""))
            self.disk.execute("DELETE FROM states WHERE subject = ? AND role = 'own'", (subject,))

    def rots(self, subject: str) -> None:
        """The hub's disk forgets what a window told of a subject, and nobody notices."""
        self.disk.execute("DELETE FROM states WHERE subject = ? AND role = ?", (subject, WINDOW.key))

    def tells_how_it_stands(self) -> None:
        """As windows and notifications do every minute. A hub only answers."""
        if self.me != HUB:
            with self.works.open() as work:
                self._stand(work, HUB)

    def turns(self) -> None:
        """As timers do every second: what was asked for is told, what was forgotten is learnt back."""
        with self.works.open() as work:
            if self.me == WINDOW:
                self._tell_again(work)
            if self.me == HUB and WINDOW in who_answered(work.connection, TABLES.messaging):
                self._learn_back(work)

    def _act(self, work: NodeWork, subject: str) -> None:
        version, content = self.state_of(subject, "own")
        floor = self.incarnation * INCARNATION if self.me == WINDOW else 0
        self._say(work, subject, (max(version, floor) + 1, self._done(content)))

    def _done(self, before: str) -> str:
        self.around.acts += 1
        return f"{before} {self.me.name[0]}{self.around.acts}".strip()

    def _say(self, work: NodeWork, subject: str, state: State) -> None:
        self._put(subject, "own", state)
        self.around.told.setdefault((self.me.key, subject), set()).add(state)
        if self.me == WINDOW:
            self._put(subject, "told", state)
        for address in (WINDOW, NOTIFICATIONS) if self.me == HUB else (HUB,):
            work.outbox.append(self._event(subject, state[1]), to=address, subject=subject, version=state[0])

    def _event(self, subject: str, content: str) -> object:
        if self.me == WINDOW:
            return events.of_window(subject, content)
        return events.of_notifications(subject, content) if self.me == NOTIFICATIONS else events.of_hub(subject, content)

    def _rebuild(self, connection: Connection, kind: str, subject: str) -> Rebuilt | None:
        version, content = self.state_of(subject, "own")
        return Rebuilt(self._event(subject, content), version) if version and kind in events.CONTENT else None

    def _stand(self, work: NodeWork, towards: Address) -> None:
        standing = standing_towards(work.connection, TABLES.messaging, source=towards, epoch=self.epoch)
        if self.exists_twice:
            standing = replace(standing, heard_epoch=None)  # as a window asks until the alarm is over
        self._report(work, towards, standing)

    def _report(self, work: NodeWork, source: Address, standing: Standing) -> None:
        told: object = Receipt(**vars(standing)) if self.me == HUB else Position(**vars(standing))
        if self.me == WINDOW:
            waiting = backlog(work.connection, TABLES.messaging)
            still = not (waiting.queued or waiting.unreceipted or self._queued("held") or self._queued("case"))
            told = WindowHeartbeat(
                **vars(standing), answered_epoch=answered_to(work.connection, TABLES.messaging),
                digest=self._digest("told") if still else None,
            )
        work.outbox.append(told, to=source, subject=source.key, version=0, sequenced=False)

    def has_to_say(self) -> bool:
        """Whether something waits for the relay: new, leased or put off."""
        return bool(self.disk.execute("SELECT 1 FROM outbox WHERE due_at IS NOT NULL LIMIT 1"))

    # what it hears

    def takes(self, messages: list[RawMessage]) -> None:
        """A batch from the broker, or what the broker gave up."""
        self.taken = self.inbox.take(messages)

    def discards(self) -> None:
        """Every dead letter that still waits, after an operator has looked at it."""
        for letter in dead_letters(self.disk.connection, TABLES.messaging):
            self.inbox.discard(letter.id)

    def replays(self) -> None:
        """Every dead letter again, once what killed it is mended."""
        for letter in dead_letters(self.disk.connection, TABLES.messaging):
            self.inbox.replay(letter.id)

    def _settle(self, received: Received, work: NodeWork) -> None:
        standing, source = received.event, received.source
        assert isinstance(standing, Standing)
        is_new = settle(
            work.connection, TABLES.messaging, destination=source, standing=standing, told_at=received.envelope.time,
            now=self.clock.now(),
        )
        self._put("self", "forked", (int(standing.forked_since is not None), ""))
        if self.me == WINDOW and is_new:
            self._queue("held", [subject for subject, _ in self.states(HUB.key)])
            note_answer(work.connection, TABLES.messaging, None)
        if isinstance(standing, WindowHeartbeat):
            self._hear_window(standing, work)
        mine = standing_towards(work.connection, TABLES.messaging, source=source, epoch=self.epoch)
        if not standing.has_heard_of(self.epoch) or (self.me == HUB and mine.forked_since is not None):
            self._stand(work, source)

    def _hear_window(self, beat: WindowHeartbeat, work: NodeWork) -> None:
        """Whether it has told all, and knows what we know."""
        known = standing_towards(work.connection, TABLES.messaging, source=WINDOW, epoch=self.epoch).heard_epoch
        if beat.epoch != known:
            return
        take_answer(work.connection, TABLES.messaging, WINDOW, beat.answered_epoch)
        if beat.digest is None or not beat.has_heard_of(self.epoch):
            return
        if is_recovering(work.connection, TABLES.messaging, WINDOW):
            return
        theirs = tuple(Bucket(**bucket) for bucket in beat.digest)  # type: ignore[arg-type]
        parts, now = differing(self._digest(WINDOW.key), theirs), int(self.clock.now().timestamp())
        if parts and abs(now - self.version_of("resync", "asked")) > ASKED_EVERY:
            self._put("resync", "asked", (now, ""))
            work.outbox.append(ResyncRequested(parts), to=WINDOW, subject="resync", version=1)

    def _hear(self, received: Received, work: NodeWork) -> None:
        """Twice, late, out of order: the highest version counts. Half way: with the batch."""
        said = self._said(received)
        role, subject, version = received.source.key, received.envelope.subject, received.envelope.version
        known = self.state_of(subject, role)
        if self.me == HUB and received.source == WINDOW and version == known[0] and said.content != known[1]:
            raise Forked("the same version of the case with other content")
        outcome = "applied" if version > known[0] else "stale"
        self._effect(received, outcome)
        if outcome == "stale":
            return
        self._put(subject, role, (version, said.content))
        if self.me == WINDOW:
            heard = standing_towards(work.connection, TABLES.messaging, source=HUB, epoch=self.epoch).heard_epoch
            if received.envelope.epoch < (heard or ""):
                self._queue("held", [subject])
                note_answer(work.connection, TABLES.messaging, None)
        if self.me == NOTIFICATIONS:
            self._say(work, subject, (version, said.content))
        if self.me == HUB and received.source == WINDOW:
            if is_recovering(work.connection, TABLES.messaging, WINDOW):
                self._queue("unrouted", [subject])
            else:
                self._act(work, subject)

    def _hear_held(self, received: Received, work: NodeWork) -> None:
        said = self._said(received)
        state = (received.envelope.version, said.content)
        kept = was_restored(work.connection, TABLES.messaging) and state > self.state_of(received.envelope.subject, "held")
        self._effect(received, "applied" if kept else "stale")
        if kept:
            self._put(received.envelope.subject, "held", state)

    def _hear_asked(self, received: Received, work: NodeWork) -> None:
        said = self._said(received)
        self._effect(received, "applied")
        subjects = [subject for subject, _ in self.states("told") if bucket_of(subject) in said.buckets]
        self._queue("case", subjects)
        self._queue("held", subjects)

    def _said(self, received: Received) -> Said:
        self.step("reaction")
        self._stumble(received.envelope.id)
        assert isinstance(received.event, Said)
        return received.event

    def _effect(self, received: Received, outcome: str) -> None:
        envelope = received.envelope
        self.disk.execute(
            "INSERT INTO effects VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            (envelope.id, envelope.subject, envelope.version, outcome),
        )

    def _stumble(self, event_id: str) -> None:
        """Some events are poison to their consumer, and some of these kill its process, until that is mended."""
        if self.around.mended:
            return
        drawn = zlib.crc32(event_id.encode()) % 1000 / 1000
        poison = self.around.chance.faults.poison / 2
        if drawn < poison / 3:
            raise Crash(self.me.name, "killed by a message")
        if drawn < poison:
            raise ValueError(event_id)
        if self.around.chance.of(self.around.chance.faults.away):
            raise TryAgain("the database went away")

    # what it tells and learns again

    def _tell_again(self, work: NodeWork) -> None:
        held, cases = self._take_queued("held"), self._take_queued("case")
        for subject in held:
            version, content = self.state_of(subject, HUB.key)
            if version:
                work.outbox.append(events.held(subject, version, content), to=HUB, subject=subject, version=version)
        for subject in cases:
            version, content = self.state_of(subject, "own")
            if version:
                work.outbox.append(self._event(subject, content), to=HUB, subject=subject, version=version)
        hub = standing_towards(work.connection, TABLES.messaging, source=HUB, epoch=self.epoch).heard_epoch
        waiting = backlog(work.connection, TABLES.messaging)
        done = not (held or cases or waiting.queued or waiting.unreceipted)
        if done and hub is not None and answered_to(work.connection, TABLES.messaging) != hub:
            note_answer(work.connection, TABLES.messaging, hub)
            self._stand(work, HUB)

    def _learn_back(self, work: NodeWork) -> None:
        """First what is held, then what was told meanwhile; what comes late is done in the same way."""
        recovering = is_recovering(work.connection, TABLES.messaging, WINDOW)
        for subject, (version, content) in self.states("held"):
            own, known = self.state_of(subject, "own")
            if not set(content.split()) <= set(known.split()):
                goes_on = recovering or version > own
                first, then = (content, known) if goes_on else (known, content)
                both = " ".join(dict.fromkeys(f"{first} {then}".split()))
                self._say(work, subject, (max(own, version) + 1, self._done(both)))
            self.disk.execute("DELETE FROM states WHERE subject = ? AND role = 'held'", (subject,))
        for subject in self._take_queued("unrouted"):
            self._act(work, subject)
        if recovering:
            end_recovery(work.connection, TABLES.messaging, WINDOW)

    # its states

    @property
    def exists_twice(self) -> bool:
        """Whether it was told so when it was last told how it stands."""
        return self.version_of("self", "forked") == 1

    def version_of(self, subject: str, role: str) -> int:
        return self.state_of(subject, role)[0]

    def state_of(self, subject: str, role: str) -> State:
        found = self.disk.execute("SELECT version, content FROM states WHERE subject = ? AND role = ?", (subject, role))
        return (int(str(found[0][0])), str(found[0][1])) if found else (0, "")

    def states(self, role: str) -> list[tuple[str, State]]:
        rows = self.disk.execute("SELECT subject, version, content FROM states WHERE role = ? ORDER BY subject", (role,))
        return [(str(row[0]), (int(str(row[1])), str(row[2]))) for row in rows]

    def _put(self, subject: str, role: str, state: State) -> None:
        self.disk.execute("INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?)", (subject, role, *state))

    def _digest(self, role: str) -> tuple[Bucket, ...]:
        return digest_of((subject, 1, version) for subject, (version, _) in self.states(role))

    def _queue(self, kind: str, subjects: list[str]) -> None:
        for subject in subjects:
            self._put(subject, f"queued-{kind}", (1, ""))

    def _queued(self, kind: str) -> list[str]:
        return [subject for subject, _ in self.states(f"queued-{kind}")]

    def _take_queued(self, kind: str) -> list[str]:
        subjects = self._queued(kind)
        self.disk.execute("DELETE FROM states WHERE role = ?", (f"queued-{kind}",))
        return subjects
