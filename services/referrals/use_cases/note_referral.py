"""An institution notes something for itself."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class NoteReferral(OfReferral):
    """The institution's own words."""

    text: str


def note_referral(request: NoteReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """No other institution and no window reads it."""
    return act_on(work, request, "note", lambda referral, doer: referral.note(doer, now, request.text), by=by, now=now)
