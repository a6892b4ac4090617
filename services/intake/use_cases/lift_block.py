"""A supervisor lifts a block: the person wants this institution to know, and somebody saw them say so."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.cosigning import Signature, lift_blocks
from services.intake.use_cases.finding import case_or_refuse, rules_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.signing import kept
from shared.ids import new_id
from shared.routing.approval import Approvals
from shared.security.identities import Actor


@dataclass(frozen=True)
class LiftBlock:
    """``rule`` left out: every rule that blocks it. ``witness`` saw the consent given, ``paper`` is where it stands."""

    case_id: str
    institution: str
    witness: str
    paper: str
    rule: str | None = None
    version: int | None = None


def lift_block(request: LiftBlock, *, by: Actor, work: Work, now: datetime) -> Case:
    """Lift it for this institution alone, for as long as the consent that names it stands; the hub routes again.

    A block is known from what the hub last said of the case. Never by who recorded the consent.
    """
    case, rules = case_or_refuse(request.case_id, work=work), rules_or_refuse(work=work)
    routed = work.referrals.routing(case.id)
    blocking = [one.rule for one in (routed.blocked if routed else ()) if one.institution == request.institution]
    lifts = lift_blocks(
        case,
        request.institution,
        [rule for rule in blocking if request.rule in {None, rule}],
        Signature(new_id(), by.user, now, request.paper),
        witness=request.witness,
        today=work.place.moment(now).today,
        new_id=new_id,
        liftable=rules.may_be_lifted,
    )
    if request.version is not None:
        case.at_version(request.version)
    after = case.approved(Approvals(lifts=lifts), incarnation=work.incarnation)
    return kept(after, "block-lifted", "case.lift-block", by=by, work=work, now=now)
