"""What a schema cannot see: names in the services that must exist elsewhere in the directory. Pure."""

from collections import Counter
from collections.abc import Iterator

from shared.directory.entries import Location, Service
from shared.routing.directory import Directory
from shared.vocabulary.territory import COUNTRY, department_of, departments


def faults_of_services(directory: Directory) -> Iterator[str]:
    """Every name that leads nowhere, as ``service pddh-quejas: places: …``."""
    for kind, entries in (("location", directory.locations), ("service", directory.services)):
        ids = Counter(entry.id for entry in entries)
        yield from (f"{kind} {one}: id: told {times} times" for one, times in ids.items() if times > 1)
    for location in directory.locations:
        yield from (f"location {location.id}: {fault}" for fault in faults_of_location(location, directory))
    for service in directory.services:
        yield from (f"service {service.id}: {fault}" for fault in _faults_of_service(service, directory))


def faults_of_location(location: Location, directory: Directory) -> Iterator[str]:
    """What is wrong with one place."""
    yield from _faults_of_owner(location.id, location.institution, directory)
    if location.country != COUNTRY:
        return
    department = location.department
    if department is not None and department not in {place.department for place in departments()}:
        yield f"department: no department {department}"
    if location.municipality is not None and department_of(location.municipality) != department:
        yield f"municipality: no municipality {location.municipality} in {department}"


def owner_of(entry_id: str, directory: Directory) -> str | None:
    """Whose a service or place is by its id, which begins with that of its institution and a hyphen; the longest counts."""
    owners = (one.id for one in directory.institutions if entry_id.startswith(f"{one.id}-"))
    return max(owners, key=len, default=None)


def area_exists(area: str, country: str) -> bool:
    """Whether a service can speak of that area: a municipality or a department's code; abroad only the code is known."""
    if country != COUNTRY:
        return area.startswith(f"{country}-")
    return department_of(area) is not None or area in {place.department for place in departments()}


def _faults_of_service(service: Service, directory: Directory) -> Iterator[str]:
    yield from _faults_of_owner(service.id, service.institution, directory)
    locations = {location.id: location for location in directory.locations}
    for place in service.places:
        location = locations.get(place.location)
        if location is None or location.institution != service.institution:
            yield f"places: {service.institution} has no location {place.location}"
    institution = directory.find(service.institution)
    for area in service.areas:
        if institution is not None and not area_exists(area, institution.country):
            yield f"areas: no municipality or department {area}"
    if service.assured_until is not None and (service.assured_date is None or service.assured_until < service.assured_date):
        yield "assured_until: assured before it was assured, or never"


def _faults_of_owner(entry_id: str, institution: str, directory: Directory) -> Iterator[str]:
    if directory.find(institution) is None:
        yield f"institution: no institution {institution}"
    elif owner_of(entry_id, directory) != institution:
        yield f"id: begins with {institution}-"
