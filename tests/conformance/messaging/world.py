"""A small network of real nodes: own databases, own keys, one broker. What they do is counted in a table."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, delete, insert, select

from shared.contracts.addresses import Address
from shared.contracts.position import Position
from shared.contracts.receipt import Receipt
from shared.contracts.resync_requested import ResyncRequested
from shared.contracts.standing import Standing
from shared.contracts.visit_recorded import VisitRecorded
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.errors import TryAgain
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.dead_letters import DeadLetter, dead_letters
from shared.messaging.epochs import begin_epoch, epoch_of
from shared.messaging.feed import Feed, FeedSettings, raw_message
from shared.messaging.inbox import Inbox
from shared.messaging.messages import Rebuilt
from shared.messaging.outbox import Outbox
from shared.messaging.ports import Publisher, RawMessage
from shared.messaging.positions import standing_towards
from shared.messaging.publisher import open_publisher
from shared.messaging.reading import Received
from shared.messaging.relay import Relay
from shared.messaging.settle import settle
from shared.messaging.tables import MessagingTables, messaging_tables
from shared.messaging.wake import Wake
from shared.persistence.engine import Database, open_database
from shared.persistence.work import Works
from shared.security.keyring import Keyring
from shared.security.keys import generate

NODE = "sv"
WINDOW = Address.window(NODE, "la-union")
OTHER_WINDOW = Address.window(NODE, "la-hachadura")
HUB = Address.hub(NODE)
NOTIFICATIONS = Address.notifications(NODE)
EVERYBODY = (WINDOW, OTHER_WINDOW, HUB, NOTIFICATIONS)
RESEND_AFTER = 60.0


class TurnedClock:
    """The real time, moved forward by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class NodeWork:
    """An open unit of work of a test node."""

    connection: Connection
    outbox: Outbox

    def flush(self) -> None:
        self.outbox.flush()


class Node:
    """One service: it tells visits or asks for resyncs, and writes down each effect of what it hears."""

    def __init__(
        self,
        me: Address,
        *,
        url: str,
        keys: Path,
        broker: Broker,
        clock: TurnedClock,
        batch_size: int = 10,
        publisher: Publisher | None = None,
        epoch: str | None = None,
    ) -> None:
        self.me = me
        self.clock = clock
        self.broker = broker
        self.database: Database = open_database(url)
        metadata = MetaData()
        self.tables: MessagingTables = messaging_tables(metadata)
        self.effects = Table(
            "effects", metadata,
            Column("number", Integer, primary_key=True),
            Column("event_id", String(36)), Column("subject", String(200)), Column("version", Integer),
        )
        with self.database.write() as connection:
            metadata.create_all(connection)
        with self.database.write() as connection:
            self.epoch = epoch or epoch_of(connection, self.tables)
        self.keyring = Keyring.load(keys / me.key)
        self.wake = Wake()
        self.works: Works[NodeWork] = Works(self.database, self._work, self.wake.set)
        self.told: list[Standing] = []
        self.away: TryAgain | None = None
        self.publisher = publisher or open_publisher(broker, me)
        self.relay = self.new_relay(self.publisher, batch_size=batch_size)
        self.inbox: Inbox[NodeWork] = Inbox(
            self.works, self.tables, opener=self.keyring, me=me, epoch=self.epoch, clock=clock, report=self._report,
            reactions={
                "visit.recorded": self._effect, "resync.requested": self._effect,
                "receipt": self._settle, "window.heartbeat": self._settle, "position": self._settle,
            },
        )

    def new_relay(self, publisher: Publisher, *, batch_size: int = 10) -> Relay:
        return Relay(
            self.database, self.tables, publisher, sealer=self.keyring, signer=self.keyring, me=self.me,
            epoch=self.epoch, clock=self.clock, rebuild=self._rebuild, batch_size=batch_size,
            resend_after=RESEND_AFTER, random=lambda: 1.0,
        )

    def _work(self, connection: Connection) -> NodeWork:
        return NodeWork(connection, Outbox(connection, self.tables, self.keyring, self.me, self.clock))

    def _effect(self, received: Received, work: NodeWork) -> None:
        envelope = received.envelope
        if self.away is not None:
            raise self.away
        if envelope.subject.startswith("poison"):
            raise ValueError(envelope.subject)
        work.connection.execute(
            insert(self.effects),
            [{"event_id": envelope.id, "subject": envelope.subject, "version": envelope.version}],
        )

    def _settle(self, received: Received, work: NodeWork) -> None:
        assert isinstance(received.event, Standing)
        settle(
            work.connection, self.tables, destination=received.source, standing=received.event,
            told_at=received.envelope.time, now=self.clock.now(),
        )

    def _report(self, work: NodeWork, source: Address, standing: Standing) -> None:
        kind = {"hub": Receipt, "notifications": Position}.get(self.me.name, WindowHeartbeat)
        self.told.append(standing)
        work.outbox.append(kind(**vars(standing)), to=source, subject=source.key, version=0, sequenced=False)

    def _rebuild(self, connection: Connection, kind: str, subject: str) -> Rebuilt | None:
        """The current state of what was told; nothing is left of what was erased."""
        if subject.startswith("erased"):
            return None
        return Rebuilt(self._event(subject), version=99)

    def _event(self, subject: str) -> object:
        if self.me.is_window:
            return VisitRecorded(visit_id=subject, occurred_on=date(2026, 11, 23), topics=())
        return ResyncRequested(buckets=(1, 2))

    # what a test does with it

    def says(self, *subjects: str, to: Address = HUB, version: int = 1) -> list[str]:
        with self.works.open() as work:
            return [
                work.outbox.append(self._event(subject), to=to, subject=subject, version=version)
                for subject in subjects
            ]

    def reports(self, source: Address) -> None:
        """Tells ``source`` how it stands, as a heartbeat does."""
        with self.works.open() as work:
            standing = standing_towards(work.connection, self.tables, source=source, epoch=self.epoch)
            self._report(work, source, standing)

    def sends(self) -> int:
        return self.relay.turn()

    def fetch(self) -> list[RawMessage]:
        """Takes all that waits out of the queue, acknowledged."""
        found = []
        with self.broker.connection() as connection:
            channel = connection.channel()
            while (message := channel.basic_get(topology.queue_of(self.me))) is not None:
                message = message if self.broker.is_memory else channel.message_to_python(message)
                found.append(raw_message(message))
                message.ack()
        return found

    def hears(self) -> list[RawMessage]:
        """Takes all that waits into the inbox."""
        found = self.fetch()
        if found:
            self.inbox.take(found)
        return found

    def feed(self, *, size: int = 10) -> Feed:
        settings = FeedSettings(self.broker, topology.queue_of(self.me), size=size, wait=0.02)
        return Feed(settings, self.inbox.take, probe=lambda: None, random=lambda: 0.0)

    def heard(self) -> list[tuple[str, int]]:
        with self.database.read() as connection:
            rows = connection.execute(
                select(self.effects.c.subject, self.effects.c.version).order_by(self.effects.c.number)
            )
            return [(row.subject, row.version) for row in rows]

    def outbox_rows(self, *, sequenced: bool = True) -> list[dict[str, object]]:
        outbox = self.tables.outbox
        with self.database.read() as connection:
            query = select(outbox).where(outbox.c.sequenced.is_(sequenced)).order_by(outbox.c.sequence, outbox.c.id)
            return [dict(row) for row in connection.execute(query).mappings()]

    def letters(self) -> list[DeadLetter]:
        with self.database.read() as connection:
            return dead_letters(connection, self.tables)

    def through(self, source: Address) -> int:
        with self.database.read() as connection:
            return standing_towards(connection, self.tables, source=source, epoch=self.epoch).through

    def settled(self) -> list[str]:
        return [str(row["subject"]) for row in self.outbox_rows() if row["settled_at"] is not None]

    def loses_its_memory(self) -> None:
        """As after a restore from before anything came."""
        with self.database.write() as connection:
            for table in (self.tables.inbox, self.tables.positions, self.effects):
                connection.execute(delete(table))
            begin_epoch(connection, self.tables)

    def close(self) -> None:
        self.relay.close()
        self.database.close()
        self.wake.close()


class World:
    """Who is there, and the broker between them."""

    def __init__(self, broker: Broker, keys: Path, urls: "Urls") -> None:
        self.broker = broker
        self.keys = keys
        self.urls = urls
        self.clock = TurnedClock()
        self._nodes: list[Node] = []
        generate(keys, EVERYBODY, now=datetime.now(UTC))
        topology.declare(broker, NODE, [WINDOW.name, OTHER_WINDOW.name])

    def node(self, me: Address, **options: object) -> Node:
        node = Node(
            me, url=self.urls(me.name), keys=self.keys, broker=self.broker, clock=self.clock, **options
        )
        self._nodes.append(node)
        return node

    def settles(self, *nodes: Node, rounds: int = 6) -> None:
        """Lets everybody send and hear until nothing moves."""
        for _ in range(rounds):
            moved = [node.sends() for node in nodes] + [len(node.hears()) for node in nodes]
            if not any(moved):
                return

    def close(self) -> None:
        for node in self._nodes:
            node.close()


class Urls:
    """One database per name and test."""

    def __call__(self, name: str) -> str:
        raise NotImplementedError


@contextmanager
def running(*feeds: Feed) -> Iterator[Sequence[threading.Thread]]:
    """Feeds in threads of their own, stopped at the end."""
    threads = [threading.Thread(target=feed.run) for feed in feeds]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for feed in feeds:
            feed.stop()
        for thread in threads:
            thread.join(10)
