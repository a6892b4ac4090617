"""A referral is given to a colleague."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, done, opened
from services.referrals.use_cases.ports import Work
from shared.errors import Refused
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class AssignReferral(OfReferral):
    """To whom: an active user of the same institution."""

    to: str


def assign_referral(request: AssignReferral, *, by: Actor, work: Work, now: datetime) -> Referral:
    """They are responsible from now on; ``invalid`` for anybody who is not of the referral's institution."""
    on = opened(work, request, by)
    check_colleague(work, on.referral.institution, request.to, "to")
    return done(work, on, on.referral.assign(on.doer, now, request.to), by=by, act="assign", now=now)


def check_colleague(work: Work, institution: str, username: str, field: str) -> None:
    """Refuse a name that is no active user of the institution."""
    user = work.users.get(username)
    if user is None or not user.active or user.institution != institution:
        raise Refused("invalid", fields={field: ["No es una persona activa de esta institución."]})
