"""A window is shut out, and let in again."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.referrals.use_cases.door_ports import Door
from services.referrals.use_cases.ports import Work
from shared.errors import Refused
from shared.security.identities import Actor


@dataclass(frozen=True)
class SuspendWindow:
    """Its PC was stolen, or somebody else signs as it."""

    window: str


def suspend_window(request: SuspendWindow, *, by: Actor, work: Work, now: datetime) -> Door:
    """From this commit on nothing that the window signs is taken: it is kept as a dead letter, ``suspended``.

    Twice: the first time stands. Its queue, its staff and its cases stay as they are.
    """
    before = _door(request.window, work, now)
    if before.suspended_at is not None:
        return before
    return _put(replace(before, suspended_at=now), "window.suspend", by, work)


@dataclass(frozen=True)
class ResumeWindow:
    """The window is in good hands again."""

    window: str


def resume_window(request: ResumeWindow, *, by: Actor, work: Work, now: datetime) -> Door:
    """Believe its signature again. What was kept meanwhile is taken by a replay, or when the window sends it again.

    Twice: the same.
    """
    before = _door(request.window, work, now)
    if before.suspended_at is None:
        return before
    return _put(replace(before, suspended_at=None), "window.resume", by, work)


def _door(window: str, work: Work, now: datetime) -> Door:
    if work.country.window(window) is None:
        raise Refused("not_found")
    return work.doors.get(window) or Door(window, place=None, keys=(), added_at=now)


def _put(door: Door, act: str, by: Actor, work: Work) -> Door:
    work.doors.put(door)
    work.audit.note(by, act, "window", door.window)
    return door
