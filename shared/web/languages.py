"""Spanish first; English where it is asked for."""

from typing import Final

from flask import Request

LANGUAGES: Final = ("es", "en")


def language_of(request: Request) -> str:
    """``?lang=`` of a page's toggle, else ``Accept-Language``, else Spanish."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    return request.accept_languages.best_match(LANGUAGES, default="es") or "es"
