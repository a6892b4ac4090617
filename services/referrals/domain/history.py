"""What happened to a referral: entries that are only ever added."""

from dataclasses import dataclass
from datetime import datetime

NOTED = "noted"
"""The change of an institution's own note: shown to that institution alone."""
UNSEEN = "needs-unseen"
"""The reason of a change of needs that the institution may not know of: told to the window alone."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened. ``by`` is a user, ``routing`` or ``window``; ``text`` is personal and kept sealed."""

    id: str
    referral_id: str
    at: datetime
    change: str
    by: str
    reason: str | None = None
    text: str | None = None

    @property
    def private(self) -> bool:
        """Whether only the institution itself may read it."""
        return self.change == NOTED

    @property
    def unseen(self) -> bool:
        """Whether the desk must not know that anything happened."""
        return self.reason == UNSEEN
