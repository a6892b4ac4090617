"""The way out: plain kombu and py-amqp, with confirms that are counted here (anchors-reliability.md 1).

kombu's own confirm mode never compares delivery tags and takes a late ack for the next message's.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import amqp
import structlog
from kombu.connection import Connection

from shared.contracts.addresses import Address
from shared.contracts.envelope import CONTENT_TYPE
from shared.crash import CrashPoint, crash_point
from shared.errors import TryAgain
from shared.messaging.broker import HEARTBEAT, LOST, Broker
from shared.messaging.ports import Outcome, Outgoing, Publisher
from shared.messaging.routes import broker_user

CONFIRM_SECONDS = 15.0
"""How long the answers to one batch may take; shorter than the relay's lease."""
SLICE = 0.5
"""Seconds of waiting in one go, so that a stop is never far."""
PERSISTENT = 2

log = structlog.get_logger()


def open_publisher(broker: Broker, me: Address) -> Publisher:
    """The publisher for this broker. Who has a broker user of its own says on AMQP who it is, and the broker checks it."""
    if broker.is_memory:
        return MemoryPublisher(broker)
    own = broker.user == broker_user(me)
    return AmqpPublisher(broker, user_id=broker.user if own else None)


class Confirms:
    """What the broker answered, by delivery tag: an ack counts for its own tag alone, a return beats its ack."""

    def __init__(self) -> None:
        self._last = 0
        self._open: dict[int, str] = {}
        self._returned: set[str] = set()
        self.outcomes: dict[str, Outcome] = {}

    @property
    def waiting(self) -> int:
        """How many have no answer yet."""
        return len(self._open)

    def published(self, message_id: str) -> None:
        """The next tag of the channel is this message's."""
        self._last += 1
        self._open[self._last] = message_id

    def acked(self, tag: int, multiple: bool) -> None:
        """``basic.ack``."""
        for message_id in self._answered(tag, multiple=multiple):
            returned = message_id in self._returned
            self.outcomes[message_id] = Outcome.UNROUTABLE if returned else Outcome.SENT

    def nacked(self, tag: int, multiple: bool) -> None:
        """``basic.nack``."""
        for message_id in self._answered(tag, multiple=multiple):
            self.outcomes[message_id] = Outcome.NACKED

    def returned(self, _error: object, _exchange: str, _routing_key: str, message: amqp.Message) -> None:
        """``basic.return``: comes before the ack of the same message."""
        self._returned.add(str(message.properties.get("message_id")))

    def begin(self) -> None:
        """A new batch; what the last one left open is forgotten, its tags are still counted."""
        self._open.clear()
        self._returned.clear()
        self.outcomes = {}

    def _answered(self, tag: int, *, multiple: bool) -> list[str]:
        tags = [one for one in self._open if one <= tag] if multiple else [tag]
        return [self._open.pop(one) for one in tags if one in self._open]


class AmqpPublisher:
    """RabbitMQ, with ``mandatory`` and pipelined confirms. One thread publishes; ``close`` may come from another."""

    def __init__(
        self, broker: Broker, *, user_id: str | None, confirm_seconds: float = CONFIRM_SECONDS
    ) -> None:
        self._broker = broker
        self._user_id = user_id
        self._confirm_seconds = confirm_seconds
        self._connection: Connection | None = None
        self._channel: Any = None
        self._confirms = Confirms()
        self._blocked = False
        self._ticked = 0.0
        self._closed = threading.Event()
        self._in_use = threading.Lock()

    def ready(self) -> None:
        """Connect where needed; hear what the broker has to say; ``TryAgain`` while it is away or blocks us."""
        with self._in_use:
            try:
                if self._connection is None:
                    self._connect()
                self._listen(0)
            except LOST as error:
                self._drop()
                message = f"the broker is away: {type(error).__name__}"
                raise TryAgain(message) from error
        if self._blocked:
            message = "the broker is blocked: it is short of memory or disk"
            raise TryAgain(message)

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        """Publish in a row, then wait until each has its answer or the time is over."""
        with self._in_use:
            confirms = self._confirms
            confirms.begin()
            try:
                for message in messages:
                    self._send(message)
                crash_point(CrashPoint.AFTER_PUBLISH)
                self._await_answers()
            except LOST as error:
                log.warning("publisher.lost", error=type(error).__name__, open=confirms.waiting)
                self._drop()
            else:
                if confirms.waiting:
                    log.warning("publisher.unconfirmed", open=confirms.waiting)
                    self._drop()
        return {message.id: confirms.outcomes.get(message.id, Outcome.UNKNOWN) for message in messages}

    def close(self) -> None:
        """Let go; a ``publish`` that waits returns within half a second."""
        self._closed.set()
        with self._in_use:
            self._drop()

    def _connect(self) -> None:
        self._connection = self._broker.connection(on_blocked=self._on_blocked, on_unblocked=self._on_unblocked)
        self._connection.connect()
        self._blocked = False
        self._confirms = confirms = Confirms()
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(confirms.acked)
        self._channel.events["basic_nack"].add(confirms.nacked)
        self._channel.events["basic_return"].add(confirms.returned)

    def _send(self, message: Outgoing) -> None:
        if self._channel is None:
            raise OSError
        properties = {"user_id": self._user_id} if self._user_id is not None else {}
        body = amqp.Message(
            message.body,
            content_type=CONTENT_TYPE,
            delivery_mode=PERSISTENT,
            message_id=message.id,
            application_headers={"signature": message.signature},
            **properties,
        )
        self._confirms.published(message.id)
        # not basic_publish, which may wait for each; the timeout is for a broker that no longer reads
        self._channel._basic_publish(  # noqa: SLF001
            body, message.exchange, message.routing_key, mandatory=True, timeout=self._confirm_seconds
        )

    def _await_answers(self) -> None:
        """While the broker blocks us its answers only come later: then waiting does not count as time."""
        deadline = time.monotonic() + self._confirm_seconds
        while self._confirms.waiting and not self._closed.is_set():
            self._listen(SLICE)
            if self._blocked:
                deadline = time.monotonic() + self._confirm_seconds
            elif time.monotonic() > deadline:
                return

    def _listen(self, seconds: float) -> None:
        connection = self._connection
        if connection is None:
            raise OSError
        try:
            connection.drain_events(timeout=seconds)
            while seconds == 0:
                connection.drain_events(timeout=0)
        except TimeoutError:
            pass  # nothing was said: most often so
        if time.monotonic() - self._ticked > HEARTBEAT / 10:
            self._ticked = time.monotonic()
            connection.heartbeat_check()

    def _on_blocked(self, _reason: str) -> None:
        log.warning("publisher.blocked")
        self._blocked = True

    def _on_unblocked(self) -> None:
        log.info("publisher.unblocked")
        self._blocked = False

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        self._blocked = False
        if connection is not None:
            try:
                connection.collect(socket_timeout=SLICE)
            except LOST as error:
                log.debug("publisher.drop", error=type(error).__name__)


class MemoryPublisher:
    """The embedded broker: what has a route is delivered at once, what has none is not."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._connection: Connection | None = None
        self._channel: Any = None

    def ready(self) -> None:
        """Connect; it is never away."""
        if self._connection is None:
            self._connection = self._broker.connection()
            self._channel = self._connection.channel()

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        """Put each into the queues that its key leads to."""
        outcomes = {}
        for message in messages:
            if not self._channel.routes(message.exchange, message.routing_key):
                outcomes[message.id] = Outcome.UNROUTABLE
                continue
            prepared = self._channel.prepare_message(
                message.body,
                content_type=CONTENT_TYPE,
                headers={"signature": message.signature},
                properties={"message_id": message.id, "delivery_mode": PERSISTENT},
            )
            self._channel.basic_publish(prepared, message.exchange, message.routing_key)
            outcomes[message.id] = Outcome.SENT
        crash_point(CrashPoint.AFTER_PUBLISH)
        return outcomes

    def close(self) -> None:
        """Let go."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            connection.release()
