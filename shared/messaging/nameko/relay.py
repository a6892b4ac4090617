"""Runs a service's relay beside it."""

import time

import eventlet
import structlog
from eventlet.greenthread import GreenThread
from nameko.extensions import DependencyProvider

from shared.errors import TryAgain
from shared.messaging.nameko.wired import SharedWiring
from shared.messaging.parts import Messaging

POLL_SECONDS = 1.0
"""How often the outbox is looked at when nobody woke us: another process (an import) may have written to it."""
SOON_SECONDS = 0.02
"""The same, while another transaction holds a stream: that is a short one, and whoever ends it wakes nobody."""
LONGEST_PAUSE = 5.0
STOP_SECONDS = 2.0

log = structlog.get_logger()


class RelayLoop(DependencyProvider):
    """Turns the relay whenever something was committed, and once a second otherwise.

    A start without a broker costs nothing; while the broker is away or blocked it pauses, at most five seconds
    at a time. Its service may use ``wake`` from any thread. Nothing that it does can end the service.
    """

    wiring = SharedWiring()

    def __init__(self) -> None:
        self._stopping = False
        self._thread: GreenThread | None = None

    def start(self) -> None:
        """Begin in a green thread of the container."""
        self._thread = self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        """End after the batch in flight; what had no answer yet goes again at the next start."""
        self._stopping = True
        if self._thread is None:
            return
        messaging = self.wiring.value().messaging
        messaging.wake.set()
        with eventlet.Timeout(STOP_SECONDS, exception=False):
            messaging.relay.close()
            self._thread.wait()

    def _run(self) -> None:
        messaging = self.wiring.value().messaging
        failures = 0
        while not self._stopping:
            try:
                published = messaging.relay.turn()
                failures = 0
            except TryAgain as error:
                failures = self._pause(messaging, error, failures)
            except Exception as error:  # noqa: BLE001 - our own fault: said, and tried again
                failures = self._pause(messaging, error, failures)
            else:
                if not published:
                    messaging.wake.wait(SOON_SECONDS if messaging.relay.held_up else POLL_SECONDS)

    def _pause(self, messaging: Messaging, error: Exception, failures: int) -> int:
        if self._stopping:
            return failures
        seconds = min(LONGEST_PAUSE, 0.25 * 2.0 ** min(failures, 8))
        if failures == 0:
            log.warning("relay.paused", error=type(error).__name__, reason=str(error) if isinstance(error, TryAgain) else "")
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            messaging.wake.wait(min(0.25, seconds))
        return failures + 1
