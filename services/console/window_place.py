"""Where a new window stands, from what an operator typed."""

import re

from shared.errors import ConfigError
from shared.vocabulary import territory
from shared.vocabulary.places import Level, WindowPlace

_LETTERS = re.compile(r"[A-Z]{3}")


def place_of(
    node: str,
    window: str,
    *,
    letters: str | None,
    name: str | None,
    municipality: str | None,
    department: str | None,
    district: str | None,
) -> WindowPlace:
    """In El Salvador ``municipality`` may name a district, spelling forgiven; elsewhere all is taken as it was typed.

    ``ConfigError`` says which option is missing or names nothing.
    """
    country = node.upper()
    if letters is None or not _LETTERS.fullmatch(letters):
        message = "--letters: three capital letters (LUN); they stand in every case code and never change."
        raise ConfigError(message)
    if name is None or not name.strip():
        message = "--name: say what the window is called (Ventanilla de La Unión)."
        raise ConfigError(message)
    if not municipality:
        message = "--municipality: say in which municipality or district it stands."
        raise ConfigError(message)
    if country == territory.COUNTRY:
        department, municipality, district = _known(municipality, department, district)
    elif department is None:
        message = "--department: give the code of the department or state (GT-12)."
        raise ConfigError(message)
    return WindowPlace(window, node, country, letters, department, municipality, district or municipality, name.strip())


def _known(text: str, department: str | None, district: str | None) -> tuple[str, str, str]:
    municipality = territory.resolve(territory.COUNTRY, department, text)
    code = territory.department_of(municipality) if municipality else None
    if municipality is None or code is None:
        message = f"--municipality: {text!r} names no municipality or district, or several; --department decides."
        raise ConfigError(message)
    named = [
        place.district
        for place in territory.search(district or text)
        if place.level is Level.DISTRICT and place.municipality == municipality and place.district
    ]
    if not named:
        message = f"--district: say in which district of {municipality} the window stands."
        raise ConfigError(message)
    return code, municipality, named[0]
