"""An institution could not do what it was asked."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor
from shared.vocabulary.codes import FailReason


@dataclass(frozen=True, kw_only=True)
class FailReferral(OfReferral):
    """Why it could not be done."""

    reason: FailReason
    text: str | None = None


def fail_referral(request: FailReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """Its access ends and the window must act."""
    return act_on(work, request, "fail", lambda referral, doer: referral.fail(doer, now, request.reason, request.text), by=by, now=now)
