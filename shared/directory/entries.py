"""The entries of the service directory as plain values, after Open Referral HSDS 3.0 (docs/directory.md). Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from shared.errors import Refused
from shared.routing.rules import Text
from shared.vocabulary.codes import Need


class ServiceStatus(StrEnum):
    """Whether a service is given at all (HSDS ``status``); being full is another thing, and passes."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class Assurance(StrEnum):
    """Whether somebody stands by an entry today; the later the worse: what was true once and may have changed misleads."""

    CURRENT = "current"
    TO_CONFIRM = "to_confirm"
    EXPIRED = "expired"


class LocationType(StrEnum):
    """What kind of place it is (HSDS ``location_type``)."""

    PHYSICAL = "physical"
    POSTAL = "postal"
    VIRTUAL = "virtual"


class Frequency(StrEnum):
    """How an opening repeats (RFC 5545, as far as HSDS uses it)."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True)
class Opening:
    """One line of opening hours. ``byday`` holds MO … SU, with an ordinal where monthly (1MO, -1FR).

    Hours are those of the place's clock; a closing hour not after the opening one is on the next day.
    """

    byday: tuple[str, ...]
    opens_at: time
    closes_at: time
    freq: Frequency = Frequency.WEEKLY
    valid_from: date | None = None
    valid_to: date | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Location:
    """Where services are given. ``department`` is ISO 3166-2; ``holidays`` the country whose public holidays it keeps.

    ``closed`` are its own further days (municipal feasts, decrees). An empty address or no phone: to be confirmed.
    """

    id: str
    institution: str
    name: Text
    country: str
    zone: str
    kind: LocationType = LocationType.PHYSICAL
    department: str | None = None
    municipality: str | None = None
    district: str | None = None
    address: str = ""
    phones: tuple[str, ...] = ()
    accessibility: Text | None = None
    holidays: str | None = None
    closed: tuple[date, ...] = ()
    version: int = 1


@dataclass(frozen=True)
class ServiceAt:
    """A service at one of its places (HSDS ``service_at_location``), and when; no openings: hours to be confirmed."""

    location: str
    openings: tuple[Opening, ...] = ()


@dataclass(frozen=True)
class Service:
    """What an institution offers, to whom, and what it takes.

    ``areas`` are municipalities, or departments by code, whose residents it serves; none: the whole country.
    ``not_needed`` is what people wrongly believe they must bring. Nobody stands by it without ``assured_until``.
    """

    id: str
    institution: str
    name: Text
    description: Text
    needs: tuple[Need, ...]
    status: ServiceStatus = ServiceStatus.ACTIVE
    eligibility: Text | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    languages: tuple[str, ...] = ("es",)
    interpretation: Text | None = None
    required_documents: tuple[Text, ...] = ()
    not_needed: tuple[Text, ...] = ()
    fees: Text | None = None
    application: Text | None = None
    alert: Text | None = None
    areas: tuple[str, ...] = ()
    places: tuple[ServiceAt, ...] = ()
    assured_date: date | None = None
    assured_until: date | None = None
    version: int = 1
    changed_at: datetime | None = None

    @property
    def given(self) -> bool:
        """Whether it is given at present."""
        return self.status is ServiceStatus.ACTIVE

    def assurance_on(self, day: date) -> Assurance:
        """How far the entry can be relied on, on that day."""
        if self.assured_until is None:
            return Assurance.TO_CONFIRM
        return Assurance.CURRENT if day <= self.assured_until else Assurance.EXPIRED

    def takes_age(self, age: int) -> bool:
        """Whether somebody of that age may have it."""
        return (self.minimum_age or 0) <= age and (self.maximum_age is None or age <= self.maximum_age)

    def speaks(self, language: str) -> bool:
        """Whether it is given in a language, whatever its country: ``es`` and ``es-SV`` are one."""
        wanted = language.partition("-")[0]
        return any(told.partition("-")[0] == wanted for told in self.languages)

    def covers(self, department: str | None, municipality: str | None) -> bool:
        """Whether it serves residents of a place of its country; a vague place is covered only by the whole country."""
        return not self.areas or department in self.areas or municipality in self.areas


@dataclass(frozen=True)
class Full:
    """An institution said that it has no room for a need; forgotten by itself after ``until``."""

    institution: str
    need: Need
    until: datetime


def assurance_of(services: Iterable[Service], needs: Collection[Need], day: date) -> Assurance:
    """How far one institution's directory entries can be relied on for some needs: the least assured need counts.

    Of several services for one need the best assured; a need that no given service serves is to be confirmed.
    """
    given = [service for service in services if service.given]
    order = list(Assurance)

    def best(need: Need) -> Assurance:
        found = (service.assurance_on(day) for service in given if need in service.needs)
        return min(found, key=order.index, default=Assurance.TO_CONFIRM)

    return max(map(best, needs), key=order.index, default=Assurance.TO_CONFIRM)


def refuse_expired(assurance: Assurance, reason: str) -> None:
    """A referral by hand to an entry past its assurance date needs a reason in words; ``not_assured`` names the field."""
    if assurance is Assurance.EXPIRED and not reason.strip():
        raise Refused("not_assured", fields={"assurance_reason": ["Diga por qué se refiere aunque el dato del servicio ya venció."]})
