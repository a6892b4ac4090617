"""Paths of this very site: whoever signs in is sent back there, and nowhere else."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

START: Final = "/"
_LOCAL: Final = re.compile(r"/(?![/\\])[!-~]{0,500}")
"""One slash and then visible ASCII: no other host, no backslash that a browser reads as a slash, no line end."""


def local(path: str | None) -> str:
    """The path if it is one of ours, else the start page."""
    if path is None or not _LOCAL.fullmatch(path) or "\\" in path:
        return START
    parts = urlsplit(path)
    return START if parts.scheme or parts.netloc else path


def with_next(path: str, then: str) -> str:
    """An address that knows where to go on."""
    return path if then == START else f"{path}?next={quote(then, safe='/')}"
