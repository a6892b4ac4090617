"""The window itself, and time as it is there."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """The instant and the window's own calendar day."""

    now: datetime
    today: date


@dataclass(frozen=True)
class Window:
    """One window: its node (``sv``), id (``la-union``), the letters of its case codes, country, and clock on the wall."""

    node: str
    window: str
    letters: str
    country: str
    time_zone: ZoneInfo

    def moment(self, now: datetime) -> Moment:
        """An instant with the calendar day that it is at this window."""
        return Moment(now, now.astimezone(self.time_zone).date())
