"""An institution does not take a referral on."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.publish_directory import publish_directory
from shared.security.identities import Actor
from shared.vocabulary.codes import RejectReason


@dataclass(frozen=True, kw_only=True)
class RejectReferral(OfReferral):
    """Why not, in words that a window can act on, and perhaps who else."""

    reason: RejectReason
    text: str
    suggest: str | None = None


def reject_referral(request: RejectReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """The window must act on it. Without room, the institution counts as full for these needs for some days.

    Routing prefers another meanwhile, windows are told so, and the mark fades by itself (domain.md, A referral's life).
    """
    referral = act_on(work, request, "reject", lambda referral, doer: referral.reject(doer, now, request.reason, request.text, request.suggest), by=by, now=now)
    if request.reason is RejectReason.NO_CAPACITY:
        work.directory.mark_full(referral.institution, referral.needs, until=now + work.country.full_for, now=now)
        publish_directory(work=work)
    return referral
