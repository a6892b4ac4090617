"""Which browser somebody uses, in two words, so that they know their own devices in a list. Nothing finer is kept."""

from typing import Final

_FAMILIES: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)
"""In this order: most browsers name others, too."""
_SYSTEMS: Final = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)


def family(user_agent: str) -> str:
    """``Firefox · Windows``; empty for what is no browser."""
    found = [next((name for sign, name in names if sign in user_agent), "") for names in (_FAMILIES, _SYSTEMS)]
    return " · ".join(word for word in found if word)
