"""An officer claims a referral."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class ClaimReferral(OfReferral):
    """The actor makes it their own."""


def claim_referral(request: ClaimReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """They are responsible from now on."""
    return act_on(work, request, "claim", lambda referral, doer: referral.claim(doer, now), by=by, now=now)
