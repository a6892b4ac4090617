"""The nameko class of a hub: its batch entrypoints, the relay, the directory, the site."""

from collections.abc import Mapping, Sequence

from services.referrals.config import settings_in
from services.referrals.wiring import Wiring, build
from shared.messaging.nameko.consumer import batches, dead_batches
from shared.messaging.nameko.relay import RelayLoop
from shared.messaging.nameko.timers import every
from shared.messaging.nameko.wired import Wired
from shared.messaging.ports import RawMessage
from shared.web.nameko import off_the_loop, website

LOOK_AGAIN = 3600.0
"""Seconds between two looks whether what was published is what is in force; the first is at the start."""
CLOCKS_EVERY = 60.0
"""Seconds between two looks at consents that run out and stop requests that nobody answered."""

GO_ON_EVERY = 1.0
"""Seconds between two looks whether a window has told what this hub forgot, or is to be given its cases back."""


class Referrals:
    """Receives cases, routes them, and is the desk at which institutions work."""

    name = "referrals"
    wired = Wired()
    relay = RelayLoop()

    @staticmethod
    def wire(config: Mapping[str, object]) -> Wiring:
        """Everything, built once for this container."""
        return build(settings_in(config), run=off_the_loop)

    @batches
    def take(self, messages: Sequence[RawMessage]) -> None:
        """What windows and notifications tell."""
        self.wired.messaging.take(messages)

    @dead_batches
    def take_dead(self, messages: Sequence[RawMessage]) -> None:
        """What the broker gave up."""
        self.wired.take_dead(messages)

    @every(LOOK_AGAIN, first=0.1)
    def publish(self) -> None:
        """Directory and rules, where they changed."""
        self.wired.publish()

    @every(GO_ON_EVERY)
    def recover(self) -> None:
        """What a restored hub learns back."""
        self.wired.recover()

    @every(GO_ON_EVERY)
    def give_back(self) -> None:
        """Cases of windows that are rebuilt."""
        self.wired.give_back()

    @every(CLOCKS_EVERY, first=5.0)
    def watch_clocks(self) -> None:
        """What happens by time alone."""
        self.wired.watch_clocks()

    @website
    def site(self) -> None:
        """The pages and the API."""
