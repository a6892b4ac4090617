"""Who can be told: the users that the hub named in ``access.changed``, and who of them an audience means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_INSTITUTION_ORDER = {
    "institution": ("officer", "deputy", "manager"),
    "alternate": ("deputy", "manager", "officer"),
    "manager": ("manager", "deputy", "officer"),
}
"""Whom an audience within an institution means; where there is none of the first role, the next: never silence."""
_WINDOW_ROLES = frozenset({"staff", "supervisor"})
SERVED = frozenset({*_INSTITUTION_ORDER, "window", "supervisor", "coordinator"})
"""The audiences that get messages. ``person`` (by SMS) is none of them yet: nothing is recorded for it."""


@dataclass(frozen=True)
class Reader:
    """One user who can be told of things."""

    username: str
    role: str
    email: str | None = None
    language: str = "es"
    window: str | None = None
    institution: str | None = None


def audience_of(name: str, readers: Sequence[Reader], *, institution: str, window: str) -> tuple[Reader, ...]:
    """The readers that an audience means. Empty for one we do not serve (``person``) or where there is nobody."""
    if name in _INSTITUTION_ORDER:
        mine = [reader for reader in readers if reader.institution == institution]
        return _first_served(_INSTITUTION_ORDER[name], mine)
    if name in {"window", "supervisor"}:
        there = tuple(reader for reader in readers if reader.role in _WINDOW_ROLES and reader.window == window)
        return _first_served(("supervisor", "staff"), there) if name == "supervisor" else there
    if name == "coordinator":
        return tuple(reader for reader in readers if reader.role == "coordinator")
    return ()


def _first_served(roles: Iterable[str], readers: Sequence[Reader]) -> tuple[Reader, ...]:
    for role in roles:
        found = tuple(reader for reader in readers if reader.role == role)
        if found:
            return found
    return ()
