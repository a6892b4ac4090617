"""The nameko class of a window: one batch entrypoint, the relay, two timers, the site."""

from collections.abc import Mapping, Sequence

from eventlet import tpool

from services.intake.config import settings_in
from services.intake.wiring import Wiring, build
from shared.messaging.nameko.consumer import batches
from shared.messaging.nameko.relay import RelayLoop
from shared.messaging.nameko.timers import every
from shared.messaging.nameko.wired import Wired
from shared.messaging.ports import RawMessage
from shared.web.nameko import website

REPORT_EVERY = 60.0
"""Seconds between two heartbeats (contracts.md, Events)."""
TELL_AGAIN_EVERY = 1.0
"""Seconds between two looks whether the hub asked for cases."""
LOOK_AT_KEYS_EVERY = 1.0
"""Seconds between two looks whether somebody opened the keys; then what was kept is taken."""
LOCK_EVERY = 15.0
"""Seconds between two looks whether the keys were unused for too long."""


class Intake:
    """Registers people, also with no network, and shows what becomes of their referrals."""

    name = "intake"
    wired = Wired()
    relay = RelayLoop()

    @staticmethod
    def wire(config: Mapping[str, object]) -> Wiring:
        """Everything, built once for this container."""
        return build(settings_in(config), run=tpool.execute)

    @batches
    def take(self, messages: Sequence[RawMessage]) -> None:
        """What the hub tells."""
        self.wired.messaging.take(messages)

    @every(REPORT_EVERY)
    def report(self) -> None:
        """How this window stands."""
        self.wired.report()

    @every(TELL_AGAIN_EVERY, first=2.0)
    def tell_again(self) -> None:
        """Cases that the hub asked for."""
        self.wired.tell_again()

    @every(LOOK_AT_KEYS_EVERY)
    def after_opening(self) -> None:
        """What came while the keys were locked."""
        self.wired.after_opening()

    @every(LOCK_EVERY)
    def lock_when_idle(self) -> None:
        """The keys go when nobody is at work."""
        self.wired.key_door.close_when_idle()

    @website
    def site(self) -> None:
        """The API and the first page."""
