"""A person consents anew, or refuses."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.rules import faults_of_consent
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import tell, tell_withdrawals
from services.intake.use_cases.todos import note_todos
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.case import Consent
from shared.security.identities import Actor


@dataclass(frozen=True)
class RecordConsent:
    """What the person said; ``version`` None takes the state alone."""

    case_id: str
    consent: Consent
    version: int | None = None


def record_consent(request: RecordConsent, *, by: Actor, work: Work, now: datetime) -> Case:
    """Keep a consent under its own id; from now on it is the one that counts.

    A granted one lets a case leave that was held. A refusal takes back those before it, and the hub is told so.
    """
    case, moment = case_or_refuse(request.case_id, work=work), work.place.moment(now)
    faults = faults_of_consent(
        request.consent, case.details.person, case.details.occurred_on, known=work.known, moment=moment
    )
    if faults:
        raise Refused("invalid", fields=faults)
    if request.version is not None:
        case.at_version(request.version)
    after = case.with_consent(new_id(), request.consent, by=by.user, at=now, incarnation=work.incarnation)
    tell_withdrawals(case, after, work=work, moment=moment)
    after = tell(after, work=work, moment=moment)
    work.cases.save(after)
    note_todos(after, work=work)
    work.refusals.clear(case.id)
    work.cases.log(after, f"consent-{request.consent.status.value}", by=by.user, at=now)
    work.audit.note(by, "consent.record", "case", case.id, ("consent",))
    return after
