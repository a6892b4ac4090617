"""Times as people here write them: the day, the month spelled, the hour of this place."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime


def spelled(at: datetime, zone: ZoneInfo, language: str) -> str:
    """``26 nov 2026, 17:05``: short dates differ from country to country, so the month is always a word."""
    return str(format_datetime(at, "d MMM y, H:mm", tzinfo=zone, locale=language)).replace(".", "")
