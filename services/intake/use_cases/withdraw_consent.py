"""A person takes a consent back."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import tell_withdrawals
from services.intake.use_cases.todos import note_todos
from shared.security.identities import Actor


@dataclass(frozen=True)
class WithdrawConsent:
    """Which consent of which case; ``version`` None takes the state alone."""

    case_id: str
    consent_id: str
    version: int | None = None


def withdraw_consent(request: WithdrawConsent, *, by: Actor, work: Work, now: datetime) -> Case:
    """Stop all sharing under this consent, at once and for good (domain.md, Consent).

    Possible in every state of the case. The hub is told when it knows of the case; of the case itself nothing
    but closings and withdrawals leaves from now on, unless the person consents anew.
    """
    case = case_or_refuse(request.case_id, work=work)
    case.consent_of(request.consent_id)
    if request.version is not None:
        case.at_version(request.version)
    after = case.with_withdrawal(request.consent_id, by=by.user, at=now, incarnation=work.incarnation)
    moment = work.place.moment(now)
    tell_withdrawals(case, after, work=work, moment=moment)
    after = after.judged_on(moment.today)
    work.cases.save(after)
    note_todos(after, work=work)
    work.refusals.clear(case.id)
    work.cases.log(after, "consent-withdrawn", by=by.user, at=now)
    work.audit.note(by, "consent.withdraw", "case", case.id, ("consent",))
    return after
