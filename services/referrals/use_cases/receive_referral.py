"""An officer opens a referral for the first time."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class ReceiveReferral(OfReferral):
    """An officer opened it."""


def receive_referral(request: ReceiveReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """It is received; opened again, nothing happens."""
    return act_on(work, request, "receive", lambda referral, doer: referral.receive(doer, now), by=by, now=now)
