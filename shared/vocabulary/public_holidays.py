"""The public holidays of the countries of the network, for opening hours at windows and hubs alike."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """All of a year; none for a country that the library does not know."""
    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


@dataclass(frozen=True)
class ClosedDays(Container[date]):
    """The public holidays of a country, whatever the year, and a place's own feasts and closures."""

    country: str | None
    own: frozenset[date] = frozenset()

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        return day in self.own or (self.country is not None and day in public_holidays(self.country, day.year))
