"""A supervisor lowers the urgency of a case."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.cosigning import Signature
from services.intake.domain.cosigning import lower_urgency as lowered
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.signing import kept
from shared.ids import new_id
from shared.routing.approval import Approvals
from shared.routing.decision import URGENCIES, highest
from shared.security.identities import Actor
from shared.vocabulary.codes import Urgency


@dataclass(frozen=True)
class LowerUrgency:
    """To what, and why."""

    case_id: str
    urgency: Urgency
    reason: str
    version: int | None = None


def lower_urgency(request: LowerUrgency, *, by: Actor, work: Work, now: datetime) -> Case:
    """Lower what routing decided, or what staff asked for before it has (domain.md, Vocabulary).

    It stays lowered through later versions until one is graver than what was lowered, or staff raise it again.
    """
    case = case_or_refuse(request.case_id, work=work)
    signed = Signature(new_id(), by.user, now, request.reason)
    approval = lowered(_stands(case, work=work), request.urgency, signed)
    if request.version is not None:
        case.at_version(request.version)
    after = case.approved(Approvals(urgencies=(approval,)), incarnation=work.incarnation)
    asked = max(case.details.urgency, request.urgency, key=URGENCIES.index)
    after = replace(after, details=replace(case.details, urgency=asked))
    return kept(after, "urgency-lowered", "case.lower-urgency", by=by, work=work, now=now)


def _stands(case: Case, *, work: Work) -> Urgency:
    """What the hub last decided, else what the rules in force here would; never less than staff asked for."""
    decided = work.referrals.routing(case.id) or work.known.decide(case.details)
    return highest(case.details.urgency, decided.urgency) if decided else case.details.urgency
