"""An institution has done what it was asked."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor
from shared.vocabulary.codes import NeedMet, Outcome


@dataclass(frozen=True, kw_only=True)
class CompleteReferral(OfReferral):
    """What came of it."""

    outcome: Outcome
    service_delivered: bool
    need_met: NeedMet
    text: str | None = None


def complete_referral(request: CompleteReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """Its access to the person ends."""
    return act_on(work, request, "complete", lambda referral, doer: referral.complete(
        doer, now, request.outcome, delivered=request.service_delivered, met=request.need_met, text=request.text
    ), by=by, now=now)
