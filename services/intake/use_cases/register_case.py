"""A window registers a person and their needs."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.guidance import with_guidance_version
from services.intake.domain.rules import faults_of_interview
from services.intake.use_cases.admission import NewCase, admit, numbered
from services.intake.use_cases.ports import Work
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.case import CaseDetails
from shared.security.identities import Actor
from shared.texts import said


@dataclass(frozen=True)
class RegisterCase:
    """What the staff wrote down. ``same_as`` is an earlier case of the same person: a new visit, not a new person."""

    details: CaseDetails
    same_as: str | None = None


def register_case(request: RegisterCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """Give the case its code, keep it, and queue it for the hub if the person consented.

    Refuses with every bad field named. Without consent it stays at the window; on another ground than consent
    it waits for a supervisor (domain.md, Consent). A person who comes back keeps their ``person_id``, so that the hub
    opens no need of theirs twice.
    """
    person_id = work.cases.person_of(request.same_as) if request.same_as else new_id()
    if person_id is None:
        raise Refused("invalid", fields={"same_as": [said("Ese caso no existe en esta ventanilla.")]})
    faults = faults_of_interview(request.details, known=work.known, moment=work.place.moment(now))
    if faults:
        raise Refused("invalid", fields=faults)
    (number,) = work.cases.take_numbers(1)
    details = with_guidance_version(request.details, before=None, version=work.guidance_version)
    return admit(numbered(NewCase(details, person_id=person_id), number, by=by, work=work, now=now), by=by, work=work, now=now)
