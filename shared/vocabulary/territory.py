"""El Salvador's departments, municipalities and districts since May 2024, and older names for them.

People name their district, which was a municipality until 2024; rules speak of municipalities
(domain.md, Territory). Only El Salvador's territory is seeded: of elsewhere nothing is known here.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources

from shared.spelling import spelling_key, word_keys
from shared.vocabulary.places import Level, Place

TERRITORY_VERSION = "sv-2024-05-01"
"""The day from which the list holds (Legislative Decree 762)."""

COUNTRY = "SV"

_OTHER_WORDS = frozenset(word_keys("municipio municipalidad alcaldía distrito departamento ciudad de del el la los las"))
"""Words that people add or leave out when they name a place."""


@lru_cache(maxsize=4096)
def resolve(country: str, department: str | None, text: str | None) -> str | None:
    """The municipality that a told place lies in, or ``None`` when it is unknown or could be several.

    ``text`` names a municipality or a district, spelling forgiven; ``department`` (ISO 3166-2 or its name)
    decides between places of one name.
    """
    if country != COUNTRY or not text:
        return None
    return _resolve(_department_code(department), word_keys(text))


def _resolve(department: str | None, words: tuple[str, ...]) -> str | None:
    for places in (_places(), _older_names()):
        here = tuple(place for place in places if department is None or place.department == department)
        for alike in (tuple, _essential):
            found = {place.municipality for place in here if place.municipality and alike(_words(place)) == alike(words)}
            if found:
                return found.pop() if len(found) == 1 else None
    return None


def search(text: str, limit: int = 20) -> Sequence[Place]:
    """Places at all three levels whose name begins with, or holds, what was typed; the nearest first."""
    wanted = word_keys(text)
    if not wanted:
        return ()
    ranked = [(rank, place) for place in (*_places(), *_older_names()) if (rank := _rank(wanted, place)) is not None]
    unique: dict[tuple[Level, str, str | None, str | None], Place] = {}
    for _, place in sorted(ranked, key=lambda entry: entry[0]) or _mistyped(wanted):
        unique.setdefault((place.level, place.department, place.municipality, place.district), place)
    return tuple(unique.values())[:limit]


@lru_cache(maxsize=256)
def department_of(municipality: str) -> str | None:
    """The department (ISO 3166-2) of a municipality as the list writes it."""
    return next((place.department for place in _places() if place.municipality == municipality), None)


def municipalities_of(department: str) -> Sequence[str]:
    """The municipalities of a department (ISO 3166-2), in the list's order."""
    return tuple(
        place.municipality
        for place in _places()
        if place.level is Level.MUNICIPALITY and place.department == department and place.municipality
    )


def departments() -> Sequence[Place]:
    """The departments, in the list's order."""
    return tuple(place for place in _places() if place.level is Level.DEPARTMENT)


def _rank(wanted: tuple[str, ...], place: Place) -> int | None:
    """0 the same name, 1 it begins so, 2 every word typed begins one of its words; ``None`` not found."""
    has = _words(place)
    if has == wanted:
        return 0
    if " ".join(has).startswith(" ".join(wanted)):
        return 1
    return 2 if all(any(word.startswith(typed) for word in has) for typed in wanted) else None


def _mistyped(wanted: tuple[str, ...]) -> list[tuple[int, Place]]:
    """Places whose name is nearly what was typed: a letter lost, doubled or swapped."""
    names = {" ".join(_words(place)): place for place in (*_older_names(), *reversed(_places()))}
    return [(3, names[near]) for near in get_close_matches(" ".join(wanted), names, n=5, cutoff=0.8)]


@lru_cache(maxsize=1024)
def _words(place: Place) -> tuple[str, ...]:
    return word_keys(place.also_called or place.name)


def _essential(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without articles and *municipio de*; all of them when nothing else is left."""
    return tuple(word for word in words if word not in _OTHER_WORDS) or words


@lru_cache(maxsize=1024)
def _department_code(text: str | None) -> str | None:
    """The code of a department told by code or name; what nobody knows, as it was told."""
    if text is None:
        return None
    key = spelling_key(text)
    found = (p.department for p in departments() if key in {spelling_key(p.department), spelling_key(p.department_name)})
    return next(found, text)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("shared.vocabulary") / "data" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


@cache
def _places() -> tuple[Place, ...]:
    """Every department, municipality and district once, larger ones first."""
    departments_found: dict[str, Place] = {}
    municipalities: dict[tuple[str, str], Place] = {}
    districts: list[Place] = []
    for row in _rows("territory-sv.csv"):
        code, department, municipality = row["department_code"], row["department"], row["municipality"]
        departments_found.setdefault(code, Place(Level.DEPARTMENT, COUNTRY, code, department))
        municipalities.setdefault((code, municipality), Place(Level.MUNICIPALITY, COUNTRY, code, department, municipality))
        districts.append(Place(Level.DISTRICT, COUNTRY, code, department, municipality, row["district"]))
    return (*departments_found.values(), *municipalities.values(), *districts)


@cache
def _older_names() -> tuple[Place, ...]:
    """Older and shorter names, each as the district that it means today."""
    today = {(place.department, place.district): place for place in _places() if place.district}
    found = []
    for row in _rows("territory-sv-names.csv"):
        place = today[row["department_code"], row["district"]]
        found.append(replace(place, also_called=row["also_called"]))
    return tuple(found)
