"""What people type, read forgivingly: days, ages, countries, places. None, or a refusal's sentence, where it cannot be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from babel import Locale

from shared.routing.case import Address
from shared.spelling import plain, spelling_key
from shared.vocabulary import territory
from shared.vocabulary.countries import COUNTRIES
from shared.vocabulary.places import Level, Place
from shared.web.languages import country_name

MOST_CHOICES: Final = 8
"""Places offered at once."""
_MONTHS: Final = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_ENGLISH_MONTHS: Final = {"jan": 1, "apr": 4, "aug": 8, "dec": 12}
_AGE: Final = re.compile(r"([0-9]{1,3})( (anos?|years?))?")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_TOGETHER: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_SHORT_NAMES: Final = {"eeuu": "US", "ee uu": "US", "usa": "US", "estados unidos de america": "US"}


def day_of(text: str, today: date | None) -> date | None:
    """A day typed as ``1/5/1990``, ``01-05-90``, ``01051990``, ``1 mayo 1990`` or ``1990-05-01``.

    A year of two figures is the last one that has been by ``today``; None where the day may be to come: no such year is read.
    """
    found = _ISO.fullmatch(text.strip())
    if found:
        return _day(int(found[3]), int(found[2]), int(found[1]))
    together = _TOGETHER.fullmatch(text.strip())
    parts = list(together.groups()) if together else [part for part in plain(text).split() if part not in {"de", "del", "of"}]
    if len(parts) != 3 or not parts[0].isdigit() or not parts[2].isdigit():
        return None
    month = int(parts[1]) if parts[1].isdigit() else _month(parts[1])
    return _day(int(parts[0]), month, _year(parts[2], today))


def age_of(text: str) -> int | None:
    """An age in years: ``36``, ``36 años``."""
    found = _AGE.fullmatch(plain(text))
    return int(found[1]) if found else None


def day_text(day: date | None) -> str:
    """``23/11/2026``, as people here write it; empty for none."""
    return day.strftime("%d/%m/%Y") if day else ""


def _month(word: str) -> int:
    start = word[:3]
    return _MONTHS.index(start) + 1 if start in _MONTHS else _ENGLISH_MONTHS.get(start, 0)


def _year(text: str, today: date | None) -> int:
    """``0``, which is in no calendar, where the figures say no year."""
    year = int(text)
    if len(text) == 4:
        return year
    if len(text) != 2 or today is None:
        return 0
    century = today.year // 100 * 100
    return century + year if century + year <= today.year else century - 100 + year


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def country_names(language: str) -> Mapping[str, str]:
    """Every country by its code, as it is called in a language."""
    names = Locale(language).territories
    return {code: str(names[code]) for code in sorted(COUNTRIES) if code in names}


def country_of(text: str) -> str | None:
    """The code of a country named in Spanish or English, spelling forgiven, or by its code."""
    name = plain(text)
    if name.upper() in COUNTRIES:
        return name.upper()
    return _SHORT_NAMES.get(name) or _countries_by_key().get(spelling_key(text))


@cache
def _countries_by_key() -> Mapping[str, str]:
    named = [(name, code) for language in ("en", "es") for code, name in country_names(language).items()]
    return {spelling_key(name): code for name, code in named}


@dataclass(frozen=True)
class PlaceRead:
    """A place as it was typed: the address, or the places that could be meant (none: there is no such place)."""

    address: Address | None = None
    choices: Sequence[str] = ()


def place_of(text: str) -> PlaceRead:
    """An address: one of El Salvador's places by a name of any level, or ``city, country``.

    Several places of that name, or none of exactly that name: what could be meant, to be chosen from.
    """
    *before, last = [part.strip() for part in text.split(",")]
    country = country_of(last) if before or not territory.search(last, 1) else None
    if country is not None and country != territory.COUNTRY:
        return PlaceRead(Address(country, None, ", ".join(before) or None))
    if country == territory.COUNTRY and not before:
        return PlaceRead(Address(territory.COUNTRY))
    typed = ", ".join(before) if country == territory.COUNTRY else text
    return _at_home(typed)


def places_like(text: str) -> Sequence[str]:
    """Places that could be meant, as they are written here; the nearest first."""
    name, _, _ = text.partition(",")
    return [place_label(place) for place in territory.search(name.strip(), MOST_CHOICES)]


def place_label(place: Place) -> str:
    """A place so that no other is written the same: district, municipality, department."""
    if place.level is Level.DEPARTMENT:
        return f"departamento de {place.department_name}"
    if place.level is Level.MUNICIPALITY:
        return f"municipio de {place.municipality}, {place.department_name}"
    return f"{place.district}, {place.municipality}, {place.department_name}"


def address_text(told: Mapping[str, str | None] | None, language: str) -> str:
    """An address of a case as it would be typed."""
    if not told:
        return ""
    country, department, name = told["country"], told["department"], told["municipality"]
    if country != territory.COUNTRY:
        return ", ".join(part for part in (name, country_name(country or "", language)) if part)
    fitting = [place for place in territory.search(name or "", 50) if place.department == department and place.name == name]
    if not name:
        fitting = [place for place in territory.departments() if place.department == department]
    return place_label(fitting[-1]) if fitting else name or country_name(territory.COUNTRY, language)


def _at_home(text: str) -> PlaceRead:
    name, _, rest = text.partition(",")
    bare = re.sub(r"^(departamento|municipio|distrito) de ", "", name.strip(), flags=re.IGNORECASE)
    found = territory.search(bare, 50)
    same = [place for place in found if plain(place_label(place)) == plain(text)]
    if not same:
        same = [place for place in found if spelling_key(place.also_called or place.name) == spelling_key(bare)]
        same = [place for place in same if not rest or _within(place, rest)]
    if len(same) == 1:
        place = same[0]
        return PlaceRead(Address(place.country, place.department, place.district or place.municipality))
    return PlaceRead(choices=[place_label(place) for place in (same or found)[:MOST_CHOICES]])


def _within(place: Place, rest: str) -> bool:
    """Whether every larger place named after the comma holds this one."""
    larger = {spelling_key(name) for name in (place.municipality, place.department_name) if name}
    return all(spelling_key(part) in larger for part in rest.split(",") if part.strip())
