"""What every act at an institution's desk begins and ends with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import Doer, Party
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.errors import Broken, Refused
from shared.security.identities import INSTITUTION_ROLES, Actor, Role


@dataclass(frozen=True)
class OfReferral:
    """Which referral an act is about. ``version`` is the one that its desk read; None: whatever it is now."""

    referral_id: str
    version: int | None = None


@dataclass(frozen=True)
class Opened:
    """A referral on the desk, with its case and on whose behalf it is worked on."""

    referral: Referral
    case: CaseFile
    doer: Doer


def doer_of(actor: Actor) -> Doer:
    """On whose behalf somebody acts at the hub."""
    if actor.role is Role.MANAGER:
        return Doer(actor.user, Party.MANAGER)
    if actor.role in INSTITUTION_ROLES:
        return Doer(actor.user, Party.INSTITUTION)
    return Doer(actor.user, Party.COORDINATOR if actor.role is Role.COORDINATOR else Party.ROUTING)


def opened(work: Work, request: OfReferral, by: Actor) -> Opened:
    """The referral, held; ``not_found``, or ``stale`` when it is no longer what was read."""
    referral = work.referrals.get(request.referral_id)
    if referral is None:
        raise Refused("not_found")
    if request.version is not None and request.version != referral.desk_version:
        raise Refused("stale")
    case = work.cases.get(referral.case_id)
    if case is None:
        message = "a referral without its case"
        raise Broken(message)
    return Opened(referral, case, doer_of(by))


def done(work: Work, on: Opened, entry: Entry | None, *, by: Actor, act: str, now: datetime) -> Referral:
    """Keep, tell and audit what happened; None means that nothing did."""
    if entry is not None:
        tell(work, on.case, on.referral, entry, now=now, by_window=False)
        work.audit.note(by, f"referral.{act}", "referral", on.referral.id)
    return on.referral


def act_on(
    work: Work, request: OfReferral, act: str, happens: Callable[[Referral, Doer], Entry | None], *, by: Actor, now: datetime
) -> Referral:
    """An act that only the referral itself decides about."""
    on = opened(work, request, by)
    return done(work, on, happens(on.referral, on.doer), by=by, act=act, now=now)
