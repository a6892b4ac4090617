"""An institution writes to the window of origin."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class CommentReferral(OfReferral):
    """Words for the window."""

    text: str


def comment_referral(request: CommentReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """The window sees it; nobody else does."""
    return act_on(work, request, "comments", lambda referral, doer: referral.comment(doer, now, request.text), by=by, now=now)
