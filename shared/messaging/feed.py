"""The way in: raw messages from one queue, in batches, acknowledged after they were taken (plain kombu).

``shared/messaging/nameko/consumer.py`` runs this inside a service.
"""

import random as randomness
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.message import Message
from kombu.messaging import Consumer

from shared.crash import CrashPoint, crash_point
from shared.errors import TryAgain
from shared.messaging.broker import LOST, Broker
from shared.messaging.ports import RawMessage
from shared.messaging.topology import DEAD_EXCHANGE

LONGEST_PAUSE = 5.0
"""Seconds between two attempts to reach a broker or a database that is away."""
IDLE_SECONDS = 1.0
"""How long one wait for a message lasts: a stop is never further away."""
HEARTBEAT_EVERY = 2.0

log = structlog.get_logger()


@dataclass(frozen=True)
class FeedSettings:
    """Which queue, and how much of it at once: ``size`` messages, or what came within ``wait`` seconds of the first.

    A quarter of ``wait`` without another message ends a batch too: who is alone does not wait for company. Not so right after
    another batch: under load each batch costs more than its messages, and company is never far.
    """

    broker: Broker
    queue: str
    size: int = 100
    wait: float = 0.02


class Takes(Protocol):
    """Whoever takes a batch; returns after its commit. ``TryAgain``: nothing is acknowledged, a pause is made."""

    def __call__(self, messages: Sequence[RawMessage], /) -> object: ...


class Feed:
    """Consumes one queue until it is stopped; starts without a broker, and connects anew by itself.

    Twice: what was taken but not acknowledged (the connection was lost) comes again, and the inbox knows it.
    Half way: nothing is acknowledged before the batch was taken. A fault that passes lets go of all messages,
    probes until the fault is over, and only then consumes again, so that it costs each message one delivery
    and not one per attempt.
    """

    def __init__(
        self,
        settings: FeedSettings,
        take: Takes,
        *,
        probe: Callable[[], object] | None = None,
        declare: Callable[[], object] | None = None,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._settings = settings
        self._take = take
        self._probe = probe
        self._declare = declare
        self._random = random
        self._stop = threading.Event()
        self._pending: list[Message] = []
        self._since = 0.0
        self._took_at = 0.0
        self._failures = 0
        self.connected = False

    def run(self) -> None:
        """Until ``stop``. Never raises: a loop of ours does not end its service."""
        while not self._stop.is_set():
            try:
                if self._probe is not None and self._failures:
                    self._probe()
                if self._declare is not None:
                    self._declare()
                self._consume()
            except TryAgain as error:
                self._pause(error, error.retry_after)
            except LOST as error:
                self._pause(error, LONGEST_PAUSE)
            except Exception as error:  # noqa: BLE001 - our own fault: nothing was acknowledged, it comes again
                self._pause(error, LONGEST_PAUSE)
        self.connected = False

    def stop(self) -> None:
        """End soon; what was fetched and not taken goes back to its queue."""
        self._stop.set()

    def _pause(self, error: Exception, longest: float) -> None:
        self.connected = False
        self._failures += 1
        seconds = min(longest, LONGEST_PAUSE, 0.25 * 2.0 ** min(self._failures, 8)) * (0.5 + self._random() / 2)
        if not self._stop.is_set():
            log.warning(
                "feed.paused", queue=self._settings.queue, error=type(error).__name__, seconds=round(seconds, 2)
            )
            self._stop.wait(seconds)

    def _consume(self) -> None:
        settings = self._settings
        with settings.broker.connection() as connection:
            channel = connection.channel()
            consumer = Consumer(
                channel,
                [Queue(settings.queue, no_declare=True)],
                on_message=self._gather,
                auto_declare=False,
                prefetch_count=2 * settings.size,
            )
            self._pending = []  # what was here belonged to the old channel
            try:
                with consumer:
                    self.connected = True
                    self._drain(connection)
            finally:
                self._let_go()

    def _gather(self, message: Message) -> None:
        if not self._pending:
            self._since = time.monotonic()
        self._pending.append(message)

    def _drain(self, connection: Connection) -> None:
        beat = time.monotonic()
        while not self._stop.is_set():
            try:
                connection.drain_events(timeout=self._patience())
                complete = len(self._pending) >= self._settings.size or self._patience() <= 0
            except TimeoutError:
                complete = True  # nothing more came
            if self._pending and complete:
                self._flush()
            if time.monotonic() - beat >= HEARTBEAT_EVERY:
                beat = time.monotonic()
                connection.heartbeat_check()

    def _patience(self) -> float:
        """Seconds to wait for the next message."""
        if not self._pending:
            return IDLE_SECONDS
        wait = self._settings.wait
        alone = wait if self._since - self._took_at < wait else wait / 4
        return max(0.0, min(alone, self._since + wait - time.monotonic()))

    def _flush(self) -> None:
        batch = self._pending[: self._settings.size]
        crash_point(CrashPoint.AFTER_CONSUME)
        self._take([raw_message(message) for message in batch])
        crash_point(CrashPoint.AFTER_TAKE)
        self._failures = 0
        self._took_at = time.monotonic()
        del self._pending[: len(batch)]
        self._since = time.monotonic() - self._settings.wait if self._pending else 0.0
        if self._settings.broker.is_memory:
            for message in batch:  # it knows no ``multiple``
                message.ack()
        else:
            batch[-1].ack(multiple=True)
        crash_point(CrashPoint.AFTER_ACK)

    def _let_go(self) -> None:
        """RabbitMQ takes back by itself what a closed channel held; the embedded broker would lose it."""
        held, self._pending = self._pending, []
        if self._settings.broker.is_memory:
            for message in held:
                message.requeue()


def raw_message(message: Message) -> RawMessage:
    """A message as kombu gives it to ``on_message``, undecoded: no content type can raise here."""
    headers = message.headers or {}
    deliveries = headers.get("x-delivery-count", 0)
    exchange, routing_key = _way(message.delivery_info or {}, headers)
    body = message.body
    return RawMessage(
        body=bytes(body) if not isinstance(body, str) else body.encode(),
        exchange=exchange,
        routing_key=routing_key,
        headers=headers,
        user_id=(message.properties or {}).get("user_id"),
        deliveries=deliveries if isinstance(deliveries, int) else 0,
    )


def _way(info: Mapping[str, str], headers: Mapping[str, object]) -> tuple[str, str]:
    """Exchange and key by which it was sent; of what the broker gave up, those from before that."""
    deaths = headers.get("x-death")
    if info.get("exchange") == DEAD_EXCHANGE and isinstance(deaths, list) and deaths:
        return str(deaths[0]["exchange"]), str(deaths[0]["routing-keys"][0])
    return info.get("exchange", ""), info.get("routing_key", "")
