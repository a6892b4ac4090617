"""The institutions, windows and services of the network, as plain values with look-ups."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from shared.directory.entries import Assurance, Full, Location, Service, assurance_of
from shared.vocabulary.codes import InstitutionKind, Need
from shared.vocabulary.places import WindowPlace


@dataclass(frozen=True)
class Institution:
    """Whoever may receive a referral. ``area`` is the municipality that it serves; left out: the whole country."""

    id: str
    kind: InstitutionKind
    node: str
    country: str
    es: str
    en: str
    area: str | None = None
    languages: tuple[str, ...] = ("es",)
    calendar: str = "always"
    active: bool = True
    email: str | None = None
    alternate: str | None = None

    def name(self, language: str = "es") -> str:
        """What it is called, Spanish unless English is asked for."""
        return self.en if language == "en" else self.es


@dataclass(frozen=True)
class Directory:
    """What one node knows of the network: its own institutions, windows and services first, then those of the others.

    ``full`` says which institution has no room for which need, and until when: ask with a time.
    """

    node: str
    version: str
    institutions: tuple[Institution, ...]
    windows: tuple[WindowPlace, ...] = field(default=())
    locations: tuple[Location, ...] = field(default=())
    services: tuple[Service, ...] = field(default=())
    full: tuple[Full, ...] = field(default=())

    @cached_property
    def _by_id(self) -> dict[str, Institution]:
        return {institution.id: institution for institution in self.institutions}

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Every node that has an institution here."""
        return frozenset(institution.node for institution in self.institutions)

    def find(self, institution_id: str) -> Institution | None:
        """An institution by its id, active or not."""
        return self._by_id.get(institution_id)

    @cached_property
    def active(self) -> tuple[Institution, ...]:
        """All that may receive referrals."""
        return tuple(institution for institution in self.institutions if institution.active)

    @cached_property
    def _locations(self) -> dict[str, Location]:
        return {location.id: location for location in self.locations}

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    def location(self, location_id: str) -> Location:
        """A place; ``LookupError`` when there is none of that id."""
        return self._locations[location_id]

    def service(self, service_id: str) -> Service | None:
        """A service by its id, whatever its status."""
        return self._services.get(service_id)

    def services_of(self, institution_id: str) -> tuple[Service, ...]:
        """All that an institution offers, whatever the status."""
        return tuple(service for service in self.services if service.institution == institution_id)

    def assurance(self, institution_id: str, needs: Collection[Need], day: date) -> Assurance:
        """How far an institution's entries can be relied on for some needs, on that day."""
        return assurance_of(self.services_of(institution_id), needs, day)

    def full_at(self, now: datetime) -> Mapping[tuple[str, Need], datetime]:
        """Which institution has no room for which need at that moment, and until when."""
        return {(one.institution, one.need): one.until for one in self.full if now < one.until}

    def own(self) -> tuple[Institution, ...]:
        """The node's own institutions, active or not."""
        return tuple(institution for institution in self.institutions if institution.node == self.node)

    def window(self, window_id: str, node: str | None = None) -> WindowPlace:
        """A window of the node; ``LookupError`` when there is none of that name."""
        for window in self.windows:
            if (window.node, window.id) == (node or self.node, window_id):
                return window
        message = f"no window {window_id!r} in {node or self.node}"
        raise LookupError(message)
