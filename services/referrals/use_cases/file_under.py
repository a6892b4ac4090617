"""An institution gives a referral its own file number."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class FileUnder(OfReferral):
    """The number; None takes it away."""

    institution_ref: str | None


def file_under(request: FileUnder, *, by: Actor, work: Work, now: datetime) -> Referral:
    """The referral is found by it from now on; the same number again changes nothing."""
    on = opened(work, request, by)
    if on.referral.institution_ref == request.institution_ref:
        return on.referral
    entry = on.referral.file_under(on.doer, now, request.institution_ref)
    referral = done(work, on, entry, by=by, act="change", now=now)
    make_searchable(work, on.case, referral, now)
    return referral
