"""What the ``ventanilla`` command does with this service's folder or database, without running it."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.notifications.wiring import Wiring, build
from shared.clock import Clock
from shared.config import Settings


@contextmanager
def opened(settings: Settings, *, clock: Clock | None = None) -> Iterator[Wiring]:
    """The service for some commands, without running it; works while it runs, and while it does not."""
    wiring = build(settings, clock=clock)
    try:
        yield wiring
    finally:
        wiring.close()
