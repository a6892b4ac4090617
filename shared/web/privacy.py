"""Eyes at the counter: a browser may show initials only."""

from typing import Final

from flask import Request

SWITCH: Final = "/privacidad"
COOKIE: Final = "iniciales"
"""There while this browser shows initials only; it goes with the browser's session."""
HIDDEN: Final = "•••"


def hides_names(asked: Request) -> bool:
    """Whether this browser shows initials only."""
    return asked.cookies.get(COOKIE) == "1"


def initials(name: str) -> str:
    """``X. G. Q.`` of a name; enough for whoever knows who is meant."""
    return " ".join(f"{word[0].upper()}." for word in name.split())
