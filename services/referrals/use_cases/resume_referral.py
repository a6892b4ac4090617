"""Work on a referral goes on."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class ResumeReferral(OfReferral):
    """What was on hold goes on."""


def resume_referral(request: ResumeReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """In progress again."""
    return act_on(work, request, "resume", lambda referral, doer: referral.resume(doer, now), by=by, now=now)
