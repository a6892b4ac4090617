"""What acts need of windows: how each comes in, and which are shut out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.vocabulary.places import WindowPlace


@dataclass(frozen=True)
class Door:
    """How a window comes in.

    ``place`` is None for one that the data files know; ``keys`` are its public keys as rows, none where those of
    ``trust.json`` hold; ``suspended_at`` is set while nothing that it signs is taken.
    """

    window: str
    place: WindowPlace | None
    keys: tuple[Mapping[str, str], ...]
    added_at: datetime
    suspended_at: datetime | None = None


class Doors(Protocol):
    """Windows that were added by command, and those that are suspended."""

    def get(self, window: str) -> Door | None:
        """One; None for a window of the data files of which nothing was said yet."""
        ...

    def put(self, door: Door) -> None:
        """Keep it in the place of what was said of this window before; every process of the hub sees it at its next look."""
        ...

    def kids_of(self, window: str) -> frozenset[str]:
        """The keys that this hub believes to be the window's now."""
        ...

    def seal_anew(self, window: str) -> None:
        """What is under way to the window is sealed for keys that it no longer has: drop the bodies, to be told again."""
        ...
