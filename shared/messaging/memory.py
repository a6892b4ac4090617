"""The embedded broker: kombu's ``memory://``, but a consumer is woken instead of looking every few milliseconds.

One namespace for the process: queue names and routing keys carry the node. It loses everything when the process
ends, unacknowledged messages when a channel closes, and knows neither dead-lettering nor confirms; the outbox, the
inbox and ``through`` make up for all of that, by the same code as on RabbitMQ.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, memory

LONGEST_WAIT = 1.0
"""Seconds after which a waiting consumer looks again even when nobody woke it."""


class Bell:
    """Rings when something was put: all who wait look once."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0

    @property
    def count(self) -> int:
        """How often it rang; taken before looking, given to ``wait`` after finding nothing."""
        return self._rung

    def ring(self) -> None:
        """Wake everybody."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait(self, since: int, seconds: float) -> None:
        """Until it rings after ``since``, at most ``seconds``."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung != since, seconds)


class _Bells:
    """The one bell of this process, made at the first connection: then green threads are in place, if ever."""

    def __init__(self) -> None:
        self._bell: Bell | None = None

    def __call__(self) -> Bell:
        if self._bell is None:
            self._bell = Bell()
        return self._bell


the_bell = _Bells()


class Channel(memory.Channel):
    """Bodies stay bytes (no base64), and putting or beginning to consume rings the bell."""

    body_encoding = None  # type: ignore[assignment]  # kombu allows it and says only text

    def _put(self, queue: str, message: dict[str, Any], **kwargs: object) -> None:
        super()._put(queue, message, **kwargs)  # type: ignore[no-untyped-call]  # kombu has no types here
        the_bell().ring()

    def basic_consume(self, *args: object, **kwargs: object) -> None:
        """Consume; wakes a drain that waits on nothing yet."""
        super().basic_consume(*args, **kwargs)  # type: ignore[no-untyped-call]  # kombu has no types here
        the_bell().ring()

    def routes(self, exchange: str, routing_key: str) -> bool:
        """Whether some queue would get this: what ``mandatory`` finds out on RabbitMQ."""
        found = self._lookup(exchange, routing_key)  # type: ignore[no-untyped-call]  # kombu has no types here
        return bool(found)


class Transport(memory.Transport):
    """Waits for the bell where the original sleeps."""

    Channel = Channel

    def drain_events(self, connection: object, timeout: float | None = None, **_kwargs: object) -> None:
        """Deliver one message; ``TimeoutError`` when none came within ``timeout`` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        deliver: Callable[..., object] = self._deliver
        while True:
            seen = the_bell().count
            try:
                self.cycle.get(deliver)  # type: ignore[union-attr]  # there is one once connected
            except Empty:
                left = LONGEST_WAIT if deadline is None else min(LONGEST_WAIT, deadline - time.monotonic())
                if left <= 0:
                    raise TimeoutError from None
                the_bell().wait(seen, left)
            else:
                return


def register() -> None:
    """Make ``memory://`` mean this transport. May be called often."""
    TRANSPORT_ALIASES["memory"] = f"{__name__}:Transport"
