"""An institution, or the coordination, writes an entry of the service directory."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.publish_directory import publish_directory
from shared.directory.checking import area_exists, faults_of_location
from shared.directory.entries import Location, Service
from shared.errors import Refused
from shared.routing.directory import Directory, Institution
from shared.security.identities import Actor
from shared.vocabulary.codes import Need

LONGEST_ASSURANCE = timedelta(days=366)
"""How far ahead somebody can stand by an entry; then it must be looked at again."""
NEW = 0
"""The version of an entry that does not exist yet: what ``If-Match`` names to write the first one."""


@dataclass(frozen=True)
class ChangeService:
    """The whole entry. ``version`` is the one that was read; ``locations`` are the places named in ``service``, whole.

    ``full`` says for which of its needs there is no room, and until when; for the others there is.
    """

    service: Service
    locations: tuple[Location, ...]
    version: int | None
    full: Mapping[Need, datetime] = field(default_factory=dict)


def change_service(request: ChangeService, *, by: Actor, work: Work, now: datetime) -> Service:
    """Keep it as the next version and publish the directory again.

    Who writes ``assured_until`` stands by the entry from today until then; without it the entry is to be confirmed.
    A place is shared by the services of its institution: what is written here of it holds for all of them. Refuses
    bad fields by name, then a version that is not the one that stands (``stale``). The same again changes nothing.
    """
    work.directory.hold()
    directory, today = work.directory.in_force(), work.country.today(now)
    known = directory.service(request.service.id)
    faults = _faults(request, directory, today, now)
    if faults:
        raise Refused("invalid", fields=faults)
    if request.version is not None and request.version != (known.version if known else NEW):
        raise Refused("stale")
    kept = _kept(request.service, known, today)
    _write_locations(request.locations, directory, by=by, work=work, now=now)
    if known is None or kept != replace(known, changed_at=None):
        kept = replace(kept, version=kept.version + 1 if known else 1, changed_at=now)
        work.directory.write_service(kept, by=by.user, at=now)
        work.audit.note(by, "service.change", "service", kept.id)
    _say_how_full(request, directory, work=work, now=now)
    publish_directory(work=work)
    return work.directory.in_force().service(kept.id) or kept


def _kept(written: Service, known: Service | None, today: date) -> Service:
    """The entry with the day on which somebody stood by it; a known one at its present version, to compare it."""
    assured = today if written.assured_until is not None else None
    if known is not None and known.assured_until == written.assured_until:
        assured = known.assured_date
    return replace(written, assured_date=assured, version=known.version if known else NEW)


def _write_locations(locations: tuple[Location, ...], directory: Directory, *, by: Actor, work: Work, now: datetime) -> None:
    known = {location.id: location for location in directory.locations}
    for location in locations:
        before = known.get(location.id)
        if before is None or replace(location, version=before.version) != before:
            version = before.version + 1 if before else 1
            work.directory.write_location(replace(location, version=version), by=by.user, at=now)
            work.audit.note(by, "service.change", "location", location.id)


def _say_how_full(request: ChangeService, directory: Directory, *, work: Work, now: datetime) -> None:
    institution, marked = request.service.institution, directory.full_at(now)
    for need in request.service.needs:
        before, until = marked.get((institution, need)), request.full.get(need)
        if until is not None and until != before:
            work.directory.mark_full(institution, [need], until=until, now=now)
        elif until is None and before is not None:
            work.directory.clear_full(institution, [need])


def _faults(request: ChangeService, directory: Directory, today: date, now: datetime) -> dict[str, list[str]]:
    """What no schema sees, by field."""
    service, found = request.service, dict[str, list[str]]()
    institution = directory.find(service.institution)
    if institution is not None:
        found |= _faults_of_areas(service, institution)
    for place, location in enumerate(request.locations):
        faults = list(faults_of_location(location, directory))
        if faults:
            found[f"places.{place}.location"] = [_SAID.get(fault.partition(":")[0], fault) for fault in faults]
    until = service.assured_until
    if until is not None and not today <= until <= today + LONGEST_ASSURANCE:
        found["assured_until"] = ["Confirme hasta una fecha entre hoy y dentro de un año."]
    for need, moment in request.full.items():
        if need not in service.needs:
            found[f"full.{need}"] = ["El servicio no atiende esa necesidad."]
        elif not now < moment <= now + LONGEST_ASSURANCE:
            found[f"full.{need}"] = ["Debe ser un momento futuro, dentro de un año."]
    return found


_SAID = {
    "id": "El identificador empieza con el de la institución y un guion.",
    "department": "No existe ese departamento.",
    "municipality": "No existe ese municipio en ese departamento.",
}
"""What is wrong with a place, in the words of whoever writes it."""


def _faults_of_areas(service: Service, institution: Institution) -> dict[str, list[str]]:
    return {
        f"areas.{place}": ["No existe ese municipio ni ese departamento."]
        for place, area in enumerate(service.areas)
        if not area_exists(area, institution.country)
    }
