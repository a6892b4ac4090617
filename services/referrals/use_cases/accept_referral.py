"""An officer accepts a referral: now, and not before, the institution may know the person."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import Act
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.reading import may_be_told
from shared.errors import Refused
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class AcceptReferral(OfReferral):
    """The institution takes it on."""


def accept_referral(request: AcceptReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """Release the data of this recipient's class, if the consent is still valid for it (``no_consent``).

    Again by the same officer: nothing happens. Never by the author. Beside a withdrawal: whichever comes first
    is whole when the other begins; a withdrawal after this becomes a stop request.
    """
    on = opened(work, request, by)
    offered = on.referral.possible(on.doer, now)
    if Act.ACCEPT in offered and not may_be_told(on.case, on.referral.institution, work.country, now):
        raise Refused("no_consent", state=on.referral.status, allowed=[act.value for act in offered if act is not Act.ACCEPT])
    entry = on.referral.accept(on.doer, now)
    referral = done(work, on, entry, by=by, act="accept", now=now)
    if entry is not None:
        make_searchable(work, on.case, referral, now)
    return referral
