"""A completion was wrong: the institution's manager takes it back."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import Act
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.ports import Work
from shared.errors import Refused
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class ReopenReferral(OfReferral):
    """Within seven days of the completion."""


def reopen_referral(request: ReopenReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """In progress again, unless the same need was opened there anew meanwhile (``open_referral``, with its id)."""
    on = opened(work, request, by)
    if Act.REOPEN in on.referral.possible(on.doer, now):
        for need in on.referral.needs:
            standing = work.referrals.open_at(on.referral.person_id, on.referral.institution, need)
            if standing is not None:
                raise Refused("open_referral", extra={"referral_id": standing})
    referral = done(work, on, on.referral.reopen(on.doer, now), by=by, act="reopen", now=now)
    make_searchable(work, on.case, referral, now)
    return referral
