"""What the endpoints of this service are made with."""

from dataclasses import dataclass
from pathlib import Path

from services.notifications.domain.sayings import Sayings
from services.notifications.store.work import NotificationsWork
from shared.clock import Clock
from shared.persistence.engine import Database
from shared.security.identities import Subject
from shared.web.acts import Acts


@dataclass(frozen=True)
class Room:
    """Given once by the wiring. ``mailbox`` is the folder of the demo's mail sink; None anywhere else."""

    node: str
    database: Database
    acts: Acts[NotificationsWork]
    sayings: Sayings
    clock: Clock
    mailbox: Path | None = None

    @property
    def here(self) -> Subject:
        """The hub itself: what is new, listed or counted belongs to it."""
        return Subject("place", self.node)
