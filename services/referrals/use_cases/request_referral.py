"""A referral by hand: by a coordinator, or by an officer who has access to the case."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.referral import Origin, Referral
from services.referrals.use_cases.new_referral import by_hand, make, said
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.reading import reading_of
from shared.errors import Refused
from shared.routing.decision import highest
from shared.security.identities import Actor
from shared.security.release import visible_needs
from shared.vocabulary.codes import PROTECTED_NEEDS, Need


@dataclass(frozen=True)
class RequestReferral:
    """Of which case, to whom, for which needs, and why."""

    case_id: str
    institution: str
    needs: tuple[Need, ...]
    text: str = ""
    assurance_reason: str = ""


def request_referral(request: RequestReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """Ask an institution that may have it; as urgent as the case. The author never accepts it.

    ``institution_unavailable`` without a reason; ``not_assured`` when a reason is missing; ``open_referral`` with the
    id of the one that is open already, to whoever may know of it. A need that the asker may not know cannot be asked
    by hand, whether the case has it or not.
    """
    case = work.cases.get(request.case_id)
    if case is None:
        raise Refused("not_found")
    _refuse_hidden(request, case, by, work, now)
    known = [referral.urgency for referral in work.referrals.of_case(case.id)]
    urgency = highest(case.details.urgency, *known)
    asked = by_hand(
        work, case, request.institution, request.needs, urgency, now,
        assurance_reason=request.assurance_reason, asker=by,
    )
    text = said(request.text, request.assurance_reason)
    referral = make(work, case, asked, now=now, author=by.user, origin=Origin.BY_HAND, text=text)
    work.audit.note(by, "referral.request", "referral", referral.id)
    return referral


def _refuse_hidden(request: RequestReferral, case: CaseFile, by: Actor, work: Work, now: datetime) -> None:
    referrals = work.referrals.of_case(case.id)
    mine = [one for one in referrals if one.institution == by.institution]
    seen = {need for one in mine for need in visible_needs(reading_of(one, case, referrals, work.country, now))}
    hidden = [place for place, need in enumerate(request.needs) if need in PROTECTED_NEEDS and need not in seen]
    if hidden:
        raise Refused("invalid", fields={f"needs.{place}": ["Se registra en la ventanilla."] for place in hidden})
