"""The nameko class of a window: one batch entrypoint, the relay, five timers, the site."""

from collections.abc import Mapping, Sequence

from services.intake.config import settings_in
from services.intake.wiring import Wiring, build
from shared.messaging.nameko.consumer import batches
from shared.messaging.nameko.relay import RelayLoop
from shared.messaging.nameko.timers import every
from shared.messaging.nameko.wired import Wired
from shared.messaging.ports import RawMessage
from shared.web.nameko import off_the_loop, website

REPORT_EVERY = 60.0
"""Seconds between two heartbeats (contracts.md, Events)."""
LAPSED_EVERY = 600.0
"""Seconds between two looks at consents that have run out: they end with a day."""
TELL_AGAIN_EVERY = 1.0
"""Seconds between two looks whether the hub asked for cases."""
LOOK_AT_KEYS_EVERY = 1.0
"""Seconds between two looks whether somebody opened the keys; then the persons are known again."""
LOOK_WHO_IS_IN_EVERY = 15.0
"""Seconds between two looks whether somebody is still signed in: nobody says that they went away."""


class Intake:
    """Registers people, also with no network, and shows what becomes of their referrals."""

    name = "intake"
    wired = Wired()
    relay = RelayLoop()

    @staticmethod
    def wire(config: Mapping[str, object]) -> Wiring:
        """Everything, built once for this container."""
        return build(settings_in(config), run=off_the_loop)

    @batches
    def take(self, messages: Sequence[RawMessage]) -> None:
        """What the hub tells."""
        self.wired.messaging.take(messages)

    @every(REPORT_EVERY)
    def report(self) -> None:
        """How this window stands."""
        self.wired.report()

    @every(LAPSED_EVERY, first=0.1)
    def withhold_lapsed(self) -> None:
        """What may no longer leave."""
        self.wired.withhold_lapsed()

    @every(TELL_AGAIN_EVERY, first=2.0)
    def tell_again(self) -> None:
        """Cases that the hub asked for."""
        self.wired.tell_again()

    @every(LOOK_AT_KEYS_EVERY)
    def after_opening(self) -> None:
        """What came while the keys were locked."""
        self.wired.after_opening()

    @every(LOOK_WHO_IS_IN_EVERY)
    def look_who_is_left(self) -> None:
        """Whether anybody is still at work; the keys go with the last."""
        self.wired.entrance.look_who_is_left()

    @website
    def site(self) -> None:
        """The pages and the API."""
