"""An institution hands a referral on to another one."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Origin, Referral
from services.referrals.domain.transitions import Act
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.new_referral import by_hand, make, said
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class ForwardReferral(OfReferral):
    """To whom, and why, in words for them and for the window."""

    institution: str
    text: str
    assurance_reason: str = ""


def forward_referral(request: ForwardReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """The old one is over (``forwarded``); a new one asks the other institution for the same needs. Returns the old.

    The other must be one that may have it (``institution_unavailable`` says no more than that), with a reason where
    what is known of its service has expired; the chain has at most four hops, and the clock of the needs keeps running.
    """
    on = opened(work, request, by)
    old = on.referral
    if Act.FORWARD not in old.possible(on.doer, now):
        old.forward(on.doer, now, request.institution, request.text)
    asked = by_hand(
        work, on.case, request.institution, old.needs, old.urgency, now,
        assurance_reason=request.assurance_reason, asker=by,
    )
    done(work, on, old.forward(on.doer, now, request.institution, request.text), by=by, act="forward", now=now)
    text = said("", request.assurance_reason)
    make(work, on.case, asked, now=now, author=by.user, origin=Origin.FORWARDED, replaces=old, by_window=False, text=text)
    return old
