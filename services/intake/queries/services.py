"""The service directory as it is read at the counter: what there is for a need near here, and whether it is open now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.intake.domain.window import Window
from services.intake.queries.hours import SameHours, in_short, week_of
from services.intake.queries.named_places import areas_named, parts_of
from services.intake.queries.world import InForce, near
from shared.directory.finding import Area, Asked, At, Found, find, seen
from shared.directory.schedule import Door, door
from shared.errors import Refused
from shared.vocabulary.codes import Need


@dataclass(frozen=True)
class PlaceSeen:
    """One place of a service now. ``door`` None and no week: its hours are to be confirmed."""

    at: At
    door: Door | None
    week: tuple[SameHours, ...]


@dataclass(frozen=True)
class ServiceSeen:
    """A service as it stands now, its nearest place first."""

    found: Found
    places: tuple[PlaceSeen, ...]


@dataclass(frozen=True)
class Looked:
    """What was found. ``choices``: the place that was named may be any of these, and nothing was looked for yet.

    ``unknown_place``: nobody knows a place of that name.
    """

    services: Sequence[ServiceSeen] = ()
    choices: Sequence[Area] = ()
    unknown_place: bool = False


@dataclass(frozen=True)
class LookedFor:
    """What somebody at the counter looks for: by need, place as people name it, words."""

    need: Need | None = None
    place: str = ""
    text: str = ""


def services_for(known: InForce, wanted: LookedFor, *, place: Window, now: datetime) -> Looked:
    """All services that match, the nearest first; of a whole department also what its municipalities offer."""
    here = near(known.directory, place)
    areas = areas_named(wanted.place, here.country) if wanted.place.strip() else (None,)
    if len(areas) != 1:
        return Looked(choices=[area for area in areas if area is not None], unknown_place=not areas)
    today, (area,) = place.moment(now).today, areas
    asked = [Asked(wanted.need, part, wanted.text) for part in (parts_of(area) if area else (None,))]
    found = (one for each in asked for one in find(known.directory, each, near=here, now=now, today=today))
    return Looked(services=[_seen(one, area or here, now, today) for one in _once(found)])


def service_now(known: InForce, service_id: str, *, place: Window, now: datetime) -> ServiceSeen:
    """One service; ``not_found`` for any other id."""
    service = known.directory.service(service_id)
    if service is None:
        raise Refused("not_found")
    today = place.moment(now).today
    return _seen(seen(known.directory, service, now=now, today=today), near(known.directory, place), now, today)


def _once(found: Iterator[Found]) -> Sequence[Found]:
    return list({one.service.id: one for one in found}.values())


def _seen(found: Found, here: Area, now: datetime, today: date) -> ServiceSeen:
    places = sorted(found.places, key=lambda at: _distance(at, here))
    return ServiceSeen(found, tuple(_place(at, now, today) for at in places))


def _place(at: At, now: datetime, today: date) -> PlaceSeen:
    return PlaceSeen(at, door(at.openings, at.days, now) if at.openings else None, in_short(week_of(at, today)))


def _distance(at: At, here: Area) -> int:
    """0 in the municipality, 1 in the department, 2 elsewhere."""
    if here.municipality is not None and at.location.municipality == here.municipality:
        return 0
    return 1 if here.department is not None and at.location.department == here.department else 2
