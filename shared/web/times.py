"""Times as people here write them: the day, the month spelled, the hour of this place."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime


def spelled(at: datetime, zone: ZoneInfo, language: str) -> str:
    """``26 nov 2026, 17:05``: short dates differ from country to country, so the month is always a word."""
    return str(format_datetime(at, "d MMM y, H:mm", tzinfo=zone, locale=language)).replace(".", "")


def spelled_day(day: date, language: str) -> str:
    """``26 nov 2026``."""
    return str(format_date(day, "d MMM y", locale=language)).replace(".", "")


def weekday(day: date, language: str) -> str:
    """``jueves``."""
    return str(format_date(day, "EEEE", locale=language))
