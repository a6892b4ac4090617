"""Work on a referral has to wait."""

from dataclasses import dataclass
from datetime import date, datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor
from shared.vocabulary.codes import HoldReason


@dataclass(frozen=True, kw_only=True)
class HoldReferral(OfReferral):
    """What is waited for, and when it is looked at again."""

    reason: HoldReason
    review_on: date


def hold_referral(request: HoldReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """On hold until somebody resumes it."""
    return act_on(work, request, "hold", lambda referral, doer: referral.hold(doer, now, request.reason, request.review_on), by=by, now=now)
