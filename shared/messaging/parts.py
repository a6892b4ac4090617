"""The moving parts of one service's messaging, as its wiring builds them and its extensions run them."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.messaging.exporter import Exporter
from shared.messaging.feed import FeedSettings, Takes
from shared.messaging.relay import Relay
from shared.messaging.wake import Wake


@dataclass(frozen=True)
class Messaging:
    """``take`` is an inbox's; ``probe`` opens the database to see whether it is back; ``wake`` wakes the relay.

    ``exporter`` reads what the relay would send, for a stick. ``dead_feed`` is the queue of what the broker itself gave up: a hub's alone, and None on the embedded broker,
    which gives up nothing. ``declare`` is set where ``TOPOLOGY`` is ``declare`` (the embedded broker), and None where it is ``expect``.
    """

    feed: FeedSettings
    take: Takes
    probe: Callable[[], object]
    relay: Relay
    wake: Wake
    exporter: Exporter
    declare: Callable[[], object] | None = None
    dead_feed: FeedSettings | None = None
