"""A window registers a person and their needs."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.rules import faults_of
from services.intake.use_cases.admission import NewCase, admit, dated_at, numbered
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
    moment = work.place.moment(now)
    details = dated_at(request.details, moment)
    faults = faults_of(details, known=work.known, moment=moment)
    if faults:
        raise Refused("invalid", fields=faults)
    (number,) = work.cases.take_numbers(1)
    return admit(numbered(NewCase(details), number, by=by, work=work, now=now), by=by, work=work, now=now)
