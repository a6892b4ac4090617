"""Work on a referral begins."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.assign_referral import check_colleague
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class StartReferral(OfReferral):
    """Who does it; left out: whoever says so."""

    responsible: str | None = None


def start_referral(request: StartReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """In progress from now on; ``invalid`` for a responsible who is not of the referral's institution."""
    on = opened(work, request, by)
    if request.responsible is not None:
        check_colleague(work, on.referral.institution, request.responsible, "responsible")
    return done(work, on, on.referral.start(on.doer, now, request.responsible), by=by, act="start", now=now)
