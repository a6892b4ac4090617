"""Spanish first; English where it is asked for."""

from typing import Final

from babel import Locale
from flask import Request

LANGUAGES: Final = ("es", "en")
LANGUAGE_COOKIE: Final = "idioma"
"""Set by the switch on each page, and at sign-in to the user's own."""


def language_of(request: Request) -> str:
    """``?lang=`` of a link, else what was chosen here before, else ``Accept-Language``, else Spanish."""
    chosen = (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    spoken = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((str(language) for language in (*chosen, *spoken) if language in LANGUAGES), "es")


def language_name(code: str, told_in: str) -> str:
    """What a language (BCP 47) is called; its code where nobody has a name for it."""
    return str(Locale(told_in).languages.get(code.partition("-")[0], code))


def country_name(code: str, told_in: str) -> str:
    """What a country (ISO 3166-1 alpha-2) is called; its code where nobody has a name for it."""
    return str(Locale(told_in).territories.get(code, code))
