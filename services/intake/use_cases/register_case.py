"""A window registers a person and their needs."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.guidance import with_guidance_version
from services.intake.domain.rules import faults_of_interview
from services.intake.use_cases.admission import NewCase, admit, numbered
from services.intake.use_cases.ports import Work
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.security.identities import Actor


@dataclass(frozen=True)
class RegisterCase:
    """What the staff wrote down."""

    details: CaseDetails


def register_case(request: RegisterCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """Give the case its code, keep it, and queue it for the hub if the person consented.

    Refuses with every bad field named. Without consent it stays at the window; on another ground than consent
    it waits for a supervisor (domain.md, Consent).
    """
    faults = faults_of_interview(request.details, known=work.known, moment=work.place.moment(now))
    if faults:
        raise Refused("invalid", fields=faults)
    (number,) = work.cases.take_numbers(1)
    details = with_guidance_version(request.details, before=None, version=work.guidance_version)
    return admit(numbered(NewCase(details), number, by=by, work=work, now=now), by=by, work=work, now=now)
