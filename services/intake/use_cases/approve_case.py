"""A supervisor approves a ground that stands in the place of a consent."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.cosigning import Signature, approve_ground
from services.intake.use_cases.finding import case_or_refuse, rules_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.signing import kept
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.approval import Approvals
from shared.routing.rules import Review
from shared.security.identities import Actor
from shared.texts import said
from shared.vocabulary.codes import ConsentGround


@dataclass(frozen=True)
class ApproveCase:
    """``paper`` is what the approval rests on; ``ground``, where it is said, must be the one that the consent claims."""

    case_id: str
    paper: str
    ground: ConsentGround | None = None
    version: int | None = None


def approve_case(request: ApproveCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """Let a case leave that waited for it: only the rules that the ground serves are routed (domain.md, Consent).

    Holds until its next review; approving again is that review. Never by who recorded the consent. Needs the rules:
    ``no_directory`` before the hub has published for the first time.
    """
    case = case_or_refuse(request.case_id, work=work)
    claimed = case.consent.consent.ground
    if request.ground not in {None, claimed}:
        raise Refused("invalid", fields={"ground": [said("No es el fundamento que se registró.")]})
    rules = rules_or_refuse(work=work)

    def review(ground: ConsentGround) -> Review:
        if ground not in rules.reviews:
            raise Refused("no_directory")
        return rules.reviews[ground]

    signed = Signature(new_id(), by.user, now, request.paper)
    approval = approve_ground(case, signed, today=work.place.moment(now).today, review=review)
    if request.version is not None:
        case.at_version(request.version)
    after = case.approved(Approvals(grounds=(approval,)), incarnation=work.incarnation)
    return kept(after, "ground-approved", "case.approve", by=by, work=work, now=now)
