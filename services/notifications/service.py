"""The nameko class of notifications: one batch entrypoint, the relay, the deliveries, the site."""

from collections.abc import Mapping, Sequence

import eventlet
from eventlet.greenthread import GreenThread
from nameko.extensions import DependencyProvider

from services.notifications.config import settings_in
from services.notifications.wiring import Wiring, build
from shared.errors import Broken
from shared.messaging.nameko.consumer import batches
from shared.messaging.nameko.relay import RelayLoop
from shared.messaging.nameko.wired import SharedWiring, Wired
from shared.messaging.ports import RawMessage
from shared.web.nameko import off_the_loop, website

STOP_SECONDS = 2.0
"""How long a stop waits for the letter under way; one cut off is counted as unsure and sent again."""


class Deliveries(DependencyProvider):
    """Runs the delivery loop beside the service."""

    wiring = SharedWiring()

    def __init__(self) -> None:
        self._thread: GreenThread | None = None

    def start(self) -> None:
        """Begin in a green thread of the container."""
        loop = self._wired().deliveries
        self._thread = self.container.spawn_managed_thread(loop.run, identifier="deliveries")

    def stop(self) -> None:
        """End after the letter under way."""
        self._wired().deliveries.stop()
        if self._thread is not None:
            with eventlet.Timeout(STOP_SECONDS, exception=False):
                self._thread.wait()

    def _wired(self) -> Wiring:
        wired = self.wiring.value()
        if not isinstance(wired, Wiring):
            message = "this container was wired as another service"
            raise Broken(message)
        return wired


class Notifications:
    """Tells people what happened."""

    name = "notifications"
    wired = Wired()
    relay = RelayLoop()
    deliveries = Deliveries()

    @staticmethod
    def wire(config: Mapping[str, object]) -> Wiring:
        """Everything, built once for this container."""
        return build(settings_in(config), run=off_the_loop)

    @batches
    def take(self, messages: Sequence[RawMessage]) -> None:
        """What the hub tells."""
        self.wired.messaging.take(messages)

    @website
    def site(self) -> None:
        """The API, the mailbox of the demo, the first page."""
