"""A referral was a mistake."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class MarkInError(OfReferral):
    """Why it should never have been made."""

    reason: str


def mark_in_error(request: MarkInError, *, by: Actor, work: Work, now: datetime) -> Referral:
    """It leaves every list of open work; its history stays."""
    return act_on(work, request, "mark-in-error", lambda referral, doer: referral.mark_in_error(doer, now, request.reason), by=by, now=now)
