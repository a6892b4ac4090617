"""Spanish first; English where it is asked for."""

from typing import Final

from flask import Request

LANGUAGES: Final = ("es", "en")


def language_of(request: Request) -> str:
    """``?lang=`` of a page's toggle, else ``Accept-Language``, else Spanish."""
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    spoken = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((language for language in spoken if language in LANGUAGES), "es")
