"""Versions as entity tags: ``ETag: "7"`` out, ``If-Match: "7"`` in."""

import re
from dataclasses import dataclass

from shared.errors import Refused

_ONE_TAG = re.compile(r'"([0-9]{1,15})"')
_ANY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')


@dataclass(frozen=True)
class IfMatch:
    """The version a caller has read; None for ``*``, any version that exists."""

    version: int | None

    def check(self, version: int) -> None:
        """Refuse as ``stale`` when what was read is not what stands now."""
        if self.version is not None and self.version != version:
            raise Refused("stale")


def etag(version: int) -> str:
    """The strong tag of a version."""
    return f'"{version}"'


def parse_if_match(header: str | None) -> IfMatch | None:
    """Read ``If-Match``; ``ValueError`` when it is neither ``*`` nor one entity tag.

    A tag that we never gave (weak, or not a number) is a stale one: version -1, which nothing has.
    """
    if header is None:
        return None
    text = header.strip()
    if text == "*":
        return IfMatch(None)
    ours = _ONE_TAG.fullmatch(text)
    if ours:
        return IfMatch(int(ours[1]))
    if _ANY_TAG.fullmatch(text):
        return IfMatch(-1)
    message = "not one entity tag"
    raise ValueError(message)
