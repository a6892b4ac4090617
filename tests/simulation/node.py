"""A service as small as it can be: states with versions, told and heard, over the real outbox, relay and inbox."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from shared.contracts.access_changed import AccessChanged
from shared.contracts.addresses import Address
from shared.contracts.notification_delivered import NotificationDelivered
from shared.contracts.position import Position
from shared.contracts.receipt import Receipt
from shared.contracts.resync_requested import ResyncRequested
from shared.contracts.standing import Standing
from shared.contracts.visit_recorded import VisitRecorded
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.errors import TryAgain
from shared.messaging.dead_letters import dead_letters
from shared.messaging.epochs import begin_epoch, epoch_of
from shared.messaging.inbox import Inbox, Taken
from shared.messaging.messages import Rebuilt
from shared.messaging.outbox import Outbox
from shared.messaging.ports import RawMessage
from shared.messaging.positions import standing_towards
from shared.messaging.reading import Received
from shared.messaging.relay import Relay
from shared.messaging.settle import settle
from shared.persistence.work import Works
from tests.simulation.broker import Broker, SimulatedPublisher
from tests.simulation.chance import Chance, Crash
from tests.simulation.clocks import NodeClock, Time
from tests.simulation.seals import Seals
from tests.simulation.store import TABLES, Disk, Rows, SimulatedDatabase

NODE = "sv"
WINDOW = Address.window(NODE, "la-union")
HUB = Address.hub(NODE)
NOTIFICATIONS = Address.notifications(NODE)
DAY = date(2026, 11, 23)
INCARNATION = 1_000_000
"""Versions are ``(incarnation, n)``: one number here, in which the incarnation weighs most."""
STANDINGS = {"receipt": Receipt, "window.heartbeat": WindowHeartbeat, "position": Position}
KINDS = ("visit.recorded", "resync.requested", "access.changed", "notification.delivered")


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
    told: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """Every version that some node ever committed of a subject: nothing else may be held anywhere."""


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
            reactions=dict.fromkeys(KINDS, self._hear) | dict.fromkeys(STANDINGS, self._settle),
            read=_read,
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
        """An older copy of the disk is put in: a new epoch, and a window's versions begin above all it ever told."""
        self.kill()
        self.disk.put_back(rows)
        begin_epoch(self.disk.connection, TABLES.messaging)
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
        """A window registers or changes a case; an officer at the hub acts on it."""
        if self.version_of(subject, "erased"):
            return
        with self.works.open() as work:
            version = max(self.version_of(subject, "own"), self.incarnation * INCARNATION) + 1
            self._say(work, subject, version, *((HUB,) if self.me == WINDOW else (WINDOW, NOTIFICATIONS)))

    def erases(self, subject: str) -> None:
        """Nothing may be told of it any more, then or later."""
        with self.works.open():
            self._put(subject, "erased", 1)
            self.disk.execute("DELETE FROM states WHERE subject = ? AND role = 'own'", (subject,))

    def tells_how_it_stands(self) -> None:
        """As windows and notifications do every minute. A hub only answers."""
        if self.me != HUB:
            with self.works.open() as work:
                self._stand(work, HUB)

    def _stand(self, work: NodeWork, towards: Address) -> None:
        self._report(work, towards, standing_towards(work.connection, TABLES.messaging, source=towards, epoch=self.epoch))

    def _say(self, work: NodeWork, subject: str, version: int, *to: Address) -> None:
        self._put(subject, "own", version)
        self.around.told.setdefault((self.me.key, subject), set()).add(version)
        for address in to:
            work.outbox.append(self._event(subject, address), to=address, subject=subject, version=version)

    def _event(self, subject: str, to: Address) -> object:
        if self.me == WINDOW:
            return VisitRecorded(visit_id=subject, occurred_on=DAY, topics=())
        if self.me == NOTIFICATIONS:
            return NotificationDelivered(subject, None, "email", "", self.clock.now(), 1)
        return ResyncRequested() if to == WINDOW else AccessChanged(())

    def _rebuild(self, connection: Connection, kind: str, subject: str) -> Rebuilt | None:
        version = self.version_of(subject, "own")
        to = NOTIFICATIONS if kind == "access.changed" else WINDOW
        return Rebuilt(self._event(subject, to), version) if version else None

    def _report(self, work: NodeWork, source: Address, standing: Standing) -> None:
        kind = WindowHeartbeat if self.me == WINDOW else Receipt if self.me == HUB else Position
        work.outbox.append(kind(**vars(standing)), to=source, subject=source.key, version=0, sequenced=False)

    def has_to_say(self) -> bool:
        """Whether something waits for the relay: new, leased or put off."""
        return bool(self.disk.execute("SELECT 1 FROM outbox WHERE due_at IS NOT NULL LIMIT 1"))

    # what it hears

    def takes(self, messages: list[RawMessage]) -> None:
        """A batch from the broker, or what the broker gave up."""
        self.taken = self.inbox.take(messages)

    def replays(self) -> None:
        """Every dead letter again, once what killed it is mended."""
        for letter in dead_letters(self.disk.connection, TABLES.messaging):
            self.inbox.replay(letter.id)

    def _settle(self, received: Received, work: NodeWork) -> None:
        assert isinstance(received.event, Standing)
        settle(
            work.connection, TABLES.messaging, destination=received.source, standing=received.event,
            told_at=received.envelope.time, now=self.clock.now(),
        )
        if not received.event.has_heard_of(self.epoch):
            self._stand(work, received.source)

    def _hear(self, received: Received, work: NodeWork) -> None:
        """Twice, late, out of order: the highest version counts. Half way: with the batch."""
        self.step("reaction")
        envelope = received.envelope
        self._stumble(envelope.id)
        role, subject, version = received.source.key, envelope.subject, envelope.version
        outcome = "applied" if version > self.version_of(subject, role) else "stale"
        self.disk.execute(
            "INSERT INTO effects VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1",
            (envelope.id, subject, version, outcome),
        )
        if outcome == "applied":
            self._put(subject, role, version)
            self._follow(received.source, subject, version, work)

    def _follow(self, source: Address, subject: str, version: int, work: NodeWork) -> None:
        if self.me == HUB and source == WINDOW:
            own = max(self.version_of(subject, "own") + 1, version * INCARNATION)
            self._say(work, subject, own, WINDOW, NOTIFICATIONS)
        if self.me == NOTIFICATIONS:
            self._say(work, subject, version, HUB)

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

    # its states

    def version_of(self, subject: str, role: str) -> int:
        found = self.disk.execute("SELECT version FROM states WHERE subject = ? AND role = ?", (subject, role))
        return int(str(found[0][0])) if found else 0

    def _put(self, subject: str, role: str, version: int) -> None:
        self.disk.execute("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", (subject, role, version))


def _read(kind: str, _version: int, data: object) -> object:
    """The events without their schemas, which are tested elsewhere: only standings say something here."""
    makes = STANDINGS.get(kind)
    if makes is None:
        return kind
    assert isinstance(data, dict)
    names = Standing.__dataclass_fields__
    return makes(**{name: data[name] for name in names})
