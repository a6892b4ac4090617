"""Services by what somebody needs, where, and who they are: every filter given must hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.directory.entries import Assurance, Location, Opening, Service, ServiceStatus
from shared.directory.schedule import LocalDays, is_open
from shared.routing.directory import Directory, Institution
from shared.spelling import mentions, searchable
from shared.vocabulary.codes import Need
from shared.vocabulary.labels import label
from shared.vocabulary.public_holidays import ClosedDays


@dataclass(frozen=True)
class Area:
    """Where somebody asks from, or about; what is left out is not known."""

    country: str
    department: str | None = None
    municipality: str | None = None


@dataclass(frozen=True)
class Asked:
    """What is looked for. ``area``: only services for its residents; ``open_at``: only where somebody is there then."""

    need: Need | None = None
    area: Area | None = None
    text: str = ""
    age: int | None = None
    language: str | None = None
    open_at: datetime | None = None


@dataclass(frozen=True)
class At:
    """One place of a service, whole."""

    location: Location
    openings: tuple[Opening, ...]

    @property
    def days(self) -> LocalDays:
        """Its clock and closed days."""
        return days_of(self.location)


@dataclass(frozen=True)
class Found:
    """A service with its institution and places. ``full`` are the needs for which there is no room, until when."""

    service: Service
    institution: Institution
    places: tuple[At, ...]
    assurance: Assurance
    full: Mapping[Need, datetime] = field(default_factory=dict)

    @property
    def full_until(self) -> datetime | None:
        """Until when no need of it has room; None while there is room for one."""
        if not self.full or set(self.service.needs) - set(self.full):
            return None
        return min(self.full.values())


def find(directory: Directory, asked: Asked, *, near: Area, now: datetime, today: date) -> list[Found]:
    """All that match, the nearest first: own municipality, department, country, then abroad; then as the file has them.

    What is closed for good is left out; what is closed for a time, expired, to be confirmed or full is marked.
    """
    here = asked.area or near
    found = [
        seen(directory, service, now=now, today=today)
        for service in directory.services
        if service.status is not ServiceStatus.DEFUNCT
    ]
    return sorted((one for one in found if _matches(one, asked)), key=lambda one: _distance(one, here))


def seen(directory: Directory, service: Service, *, now: datetime, today: date) -> Found:
    """One service as it stands today."""
    institution = directory.find(service.institution)
    if institution is None:
        message = f"service {service.id} without its institution"
        raise LookupError(message)
    places = (At(directory.location(place.location), place.openings) for place in service.places)
    full = {one.need: one.until for one in directory.full if one.institution == service.institution and now < one.until}
    return Found(
        service, institution, tuple(places), service.assurance_on(today),
        {need: full[need] for need in service.needs if need in full},
    )


def days_of(location: Location) -> LocalDays:
    """A place's clock and the days on which nothing opens there."""
    return LocalDays(ZoneInfo(location.zone), ClosedDays(location.holidays, frozenset(location.closed)))


def _matches(one: Found, asked: Asked) -> bool:
    service = one.service
    return (
        (asked.need is None or asked.need in service.needs)
        and (asked.area is None or _serves(one, asked.area))
        and (asked.age is None or service.takes_age(asked.age))
        and (asked.language is None or service.speaks(asked.language))
        and (asked.open_at is None or any(is_open(at.openings, at.days, asked.open_at) for at in one.places))
        and mentions(_words(service, one.institution), asked.text)
    )


def _serves(one: Found, area: Area) -> bool:
    return one.institution.country == area.country and one.service.covers(area.department, area.municipality)


@lru_cache(maxsize=1024)
def _words(service: Service, institution: Institution) -> frozenset[str]:
    told = [text for both in (service.name, service.description) for text in (both.es, both.en)]
    told += [institution.es, institution.en, institution.id]
    told += [label("need", need, language) for need in service.needs for language in ("es", "en")]
    return searchable(" ".join(told))


def _distance(one: Found, here: Area) -> int:
    """0 in the municipality, 1 in the department, 2 in the country, 3 abroad."""
    if one.institution.country != here.country:
        return 3
    places = [(place.location.department, place.location.municipality) for place in one.places]
    if here.municipality and (here.municipality in one.service.areas or any(m == here.municipality for _, m in places)):
        return 0
    near = here.department and (here.department in one.service.areas or any(d == here.department for d, _ in places))
    return 1 if near else 2
