"""The node's own services as Open Referral HSDS 3.0 JSON: other programs read the directory without knowing ours.

Each object is a plain map with the members that the specification names; what is not known is left out. One language
at a time, as it was asked for. What HSDS has no member for stands in ``attributes``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.directory.entries import Location, Opening, Service, ServiceAt
from shared.ids import named_id
from shared.routing.directory import Directory, Institution
from shared.routing.rules import Text
from shared.spelling import mentions, searchable
from shared.vocabulary.codes import Need
from shared.vocabulary.labels import label

Hsds = dict[str, Any]
TO_CONFIRM = "por confirmar"
"""Written where the specification requires a member that nobody has told us."""
NEEDS = "ventanilla-needs"
"""Our taxonomy: what people come for."""


@dataclass(frozen=True)
class WantedServices:
    """Which services: words in them, whose they are, which need (both by their HSDS ids)."""

    search: str = ""
    organization_id: str | None = None
    taxonomy_term_id: str | None = None


@dataclass(frozen=True)
class HsdsDirectory:
    """One node's directory, told in one language at one moment."""

    directory: Directory
    language: str
    now: datetime

    def organizations(self) -> list[Hsds]:
        """The node's institutions, active or not."""
        return [self._organization(one) for one in self.directory.own()]

    def services(self, wanted: WantedServices) -> list[Service]:
        """The services that match, in the directory's order."""
        return [service for service in self._own() if self._matches(service, wanted)]

    def service(self, service_id: str) -> Hsds | None:
        """One service whole, by its HSDS id or by ours."""
        for service in self._own():
            if service_id in {service.id, named_id("service", service.id)}:
                return self.whole(service)
        return None

    def summary(self, service: Service) -> Hsds:
        """What belongs to a service alone, with its organization."""
        institution = self._institution(service.institution)
        return _without_none(
            {
                "id": named_id("service", service.id),
                "name": self._told(service.name),
                "description": self._told(service.description),
                "status": service.status,
                "interpretation_services": self._told(service.interpretation),
                "application_process": self._told(service.application),
                "fees_description": self._told(service.fees),
                "eligibility_description": self._told(service.eligibility),
                "minimum_age": service.minimum_age,
                "maximum_age": service.maximum_age,
                "assured_date": _day(service.assured_date),
                "alert": self._told(service.alert),
                "last_modified": service.changed_at.isoformat() if service.changed_at else None,
                "organization": self._organization(institution),
            }
        )

    def whole(self, service: Service) -> Hsds:
        """A service with all that belongs to it."""
        return self.summary(service) | {
            "languages": [
                {"id": named_id("language", f"{service.id} {code}"), "code": code} for code in service.languages
            ],
            "required_documents": [
                {"id": named_id("document", f"{service.id} {text.es}"), "document": self._told(text)}
                for text in service.required_documents
            ],
            "service_areas": [
                {"id": named_id("area", f"{service.id} {area}"), "name": area} for area in service.areas
            ],
            "service_at_locations": [self._at(service, place) for place in service.places],
            "attributes": list(self._attributes(service)),
        }

    def at_locations(self) -> list[Hsds]:
        """Every service at every place, with both."""
        return [
            self._at(service, place) | {"service": self.summary(service)}
            for service in self._own()
            for place in service.places
        ]

    def taxonomy(self) -> Hsds:
        """Our one taxonomy."""
        return {
            "id": named_id("taxonomy", NEEDS),
            "name": NEEDS,
            "description": "Necesidades de las personas que llegan a las ventanillas." if self.language != "en" else "What people come to the windows for.",
        }

    def terms(self) -> list[Hsds]:
        """The needs."""
        return [self._term(need) for need in Need]

    def _own(self) -> Iterator[Service]:
        own = {institution.id for institution in self.directory.own()}
        return (service for service in self.directory.services if service.institution in own)

    def _matches(self, service: Service, wanted: WantedServices) -> bool:
        text = " ".join((self._told(service.name) or "", self._told(service.description) or ""))
        return (
            mentions(searchable(text), wanted.search)
            and wanted.organization_id in {None, named_id("organization", service.institution)}
            and wanted.taxonomy_term_id in {None, *(named_id("need", need) for need in service.needs)}
        )

    def _organization(self, institution: Institution) -> Hsds:
        return _without_none(
            {
                "id": named_id("organization", institution.id),
                "name": institution.name(self.language),
                "description": label("institution_kind", institution.kind, self.language),
                "email": institution.email,
            }
        )

    def _institution(self, institution_id: str) -> Institution:
        found = self.directory.find(institution_id)
        if found is None:
            message = f"a service of {institution_id}, which is nobody"
            raise LookupError(message)
        return found

    def _at(self, service: Service, place: ServiceAt) -> Hsds:
        location = self.directory.location(place.location)
        name = f"{service.id} {location.id}"
        return {
            "id": named_id("service_at_location", name),
            "location": self._location(location),
            "schedules": [self._schedule(f"{name} {at}", one, location) for at, one in enumerate(place.openings)],
        }

    def _location(self, location: Location) -> Hsds:
        found: Hsds = {
            "id": named_id("location", location.id),
            "location_type": location.kind,
            "name": self._told(location.name),
            "phones": [{"id": named_id("phone", f"{location.id} {one}"), "number": one} for one in location.phones],
        }
        if location.municipality is not None:
            found["addresses"] = [_address(location)]
        if location.accessibility is not None:
            found["accessibility"] = [
                {"id": named_id("accessibility", location.id), "description": self._told(location.accessibility)}
            ]
        return found

    def _schedule(self, name: str, opening: Opening, location: Location) -> Hsds:
        offset = self.now.astimezone(ZoneInfo(location.zone)).utcoffset()
        return _without_none(
            {
                "id": named_id("schedule", name),
                "freq": opening.freq,
                "byday": ",".join(opening.byday),
                "opens_at": opening.opens_at.strftime("%H:%M"),
                "closes_at": opening.closes_at.strftime("%H:%M"),
                "timezone": offset.total_seconds() / 3600 if offset is not None else None,
                "valid_from": _day(opening.valid_from),
                "valid_to": _day(opening.valid_to),
                "description": self._told(opening.note),
            }
        )

    def _attributes(self, service: Service) -> Iterator[Hsds]:
        """The needs served, by our taxonomy, and what is ours: assured until, what is not needed, where there is no room."""
        entity = {"link_id": named_id("service", service.id), "link_entity": "service"}
        for need in service.needs:
            yield {
                "id": named_id("attribute", f"{service.id} {need}"), **entity, "link_type": "need",
                "taxonomy_term": self._term(need),
            }
        for kind, value in self._own_values(service):
            yield {"id": named_id("attribute", f"{service.id} {kind} {value}"), **entity, "link_type": kind, "value": value}

    def _own_values(self, service: Service) -> Iterator[tuple[str, str]]:
        if service.assured_until is not None:
            yield "assured_until", service.assured_until.isoformat()
        for text in service.not_needed:
            yield "document_not_needed", self._told(text) or ""
        full = self.directory.full_at(self.now)
        for need in service.needs:
            until = full.get((service.institution, need))
            if until is not None:
                yield "full_until", f"{need} {until.isoformat()}"

    def _term(self, need: Need) -> Hsds:
        told = label("need", need, self.language)
        return {
            "id": named_id("need", need),
            "code": need.value,
            "name": told,
            "description": told,
            "taxonomy": NEEDS,
            "language": self.language,
        }

    def _told(self, text: Text | None) -> str | None:
        return None if text is None else text.en if self.language == "en" else text.es


def paged(items: Sequence[Hsds], number: int, size: int) -> Hsds:
    """One page in the envelope of the specification."""
    shown = list(items[(number - 1) * size : number * size])
    pages = -(-len(items) // size)
    return {
        "total_items": len(items),
        "total_pages": pages,
        "page_number": number,
        "size": len(shown),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not shown,
        "contents": shown,
    }


def _address(location: Location) -> Hsds:
    return {
        "id": named_id("address", location.id),
        "address_1": location.address or TO_CONFIRM,
        "city": location.district or location.municipality,
        "region": location.municipality,
        "state_province": location.department or TO_CONFIRM,
        "postal_code": TO_CONFIRM,
        "country": location.country,
        "address_type": location.kind,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _without_none(members: Mapping[str, object]) -> Hsds:
    return {name: value for name, value in members.items() if value is not None}
