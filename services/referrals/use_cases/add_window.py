"""A window is added to the network, or gets new keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.door_ports import Door
from services.referrals.use_cases.ports import Work
from shared.errors import Refused
from shared.security.identities import Actor
from shared.vocabulary.places import WindowPlace


@dataclass(frozen=True)
class AddWindow:
    """``place`` may be left out for a window that is known; ``keys`` where the hub has its public keys already."""

    window: str
    place: WindowPlace | None
    keys: tuple[Mapping[str, str], ...]


def add_window(request: AddWindow, *, by: Actor, work: Work, now: datetime) -> Door:
    """Let a window into the directory and believe its keys.

    Twice: the same. Letters are part of every case code and never change, nor do two windows share them. A window
    that is open keeps its keys: new ones are taken while it is suspended, and what waits for it is sealed anew.
    """
    before = work.doors.get(request.window)
    _check_place(request, before, work)
    new_keys = _has_new_keys(request, before, work)
    place = request.place if _is_added(request, before, work) else None
    door = Door(
        window=request.window,
        place=place or (before.place if before else None),
        keys=request.keys or (before.keys if before else ()),
        added_at=before.added_at if before else now,
        suspended_at=before.suspended_at if before else None,
    )
    if door == before:
        return door
    work.doors.put(door)
    if new_keys:
        work.doors.seal_anew(request.window)
    changed = [name for name in ("place", "keys") if before is None or getattr(door, name) != getattr(before, name)]
    work.audit.note(by, "window.add", "window", request.window, changed)
    return door


def _is_added(request: AddWindow, before: Door | None, work: Work) -> bool:
    """Whether the window is one that no data file knows."""
    return work.country.window(request.window) is None or (before is not None and before.place is not None)


def _check_place(request: AddWindow, before: Door | None, work: Work) -> None:
    known, place = work.country.window(request.window), request.place
    if place is None:
        if known is None:
            raise _wrong("window", "No existe esa ventanilla. Para agregarla, dé sus letras, su nombre y su municipio.")
        return
    others = [one.id for one in work.country.windows if one.letters == place.letters and one.id != request.window]
    if others:
        raise _wrong("letters", f"Esas letras ya son de {others[0]}.")
    if known is not None and known.letters != place.letters:
        raise _wrong("letters", f"Las letras de una ventanilla nunca cambian: son {known.letters}.")
    if known is not None and known != place and not _is_added(request, before, work):
        raise _wrong("window", "Los archivos de datos describen esa ventanilla de otro modo.")


def _has_new_keys(request: AddWindow, before: Door | None, work: Work) -> bool:
    known = work.doors.kids_of(request.window)
    told = frozenset(entry["kid"] for entry in request.keys)
    if not told and not known:
        raise _wrong("keys", "La central no tiene las llaves públicas de esa ventanilla.")
    if not told or not known or told == known:
        return False
    if before is None or before.suspended_at is None:
        raise _wrong("keys", "La ventanilla usa otras llaves. Suspéndala antes de darle nuevas.")
    return True


def _wrong(field: str, message: str) -> Refused:
    told: Sequence[str] = [message]
    return Refused("invalid", fields={field: told})
