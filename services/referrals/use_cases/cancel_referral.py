"""An institution ends what it had taken on."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor
from shared.vocabulary.codes import CancelReason


@dataclass(frozen=True, kw_only=True)
class CancelReferral(OfReferral):
    """Why it ends before its time."""

    reason: CancelReason
    text: str | None = None


def cancel_referral(request: CancelReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """Also its answer to a stop request."""
    return act_on(work, request, "cancel", lambda referral, doer: referral.cancel(doer, now, request.reason, request.text), by=by, now=now)
