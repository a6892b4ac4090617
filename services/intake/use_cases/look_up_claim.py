"""Somebody shows a slip at this window, of whichever window of the country it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.domain.case import Case, CaseStatus
from services.intake.use_cases.counter_ports import ClaimAsk
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.claims import ClaimStatus, claim_status
from shared.contracts.claim_asked import ClaimAsked
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor

FRESH = timedelta(minutes=10)
"""How long an answer of the hub is given again before the hub is asked anew."""
FORGOTTEN = timedelta(days=1)
"""After this an answer is not kept: what was looked up here is nobody's business."""


@dataclass(frozen=True)
class LookUpClaim:
    """The code of a slip, well formed (``shared.claims.parse_code``)."""

    code: str


@dataclass(frozen=True)
class ClaimSeen:
    """How the case stands; without a status the hub was asked and its answer is not here yet. ``as_of``: by its word."""

    status: ClaimStatus | None
    as_of: datetime | None = None


def look_up_claim(request: LookUpClaim, *, by: Actor, work: Work, now: datetime) -> ClaimSeen:
    """Answer for this window's own cases at once, also without network; of another's ask the hub by an event.

    Asked again while the answer is on its way nothing more is sent; without network the question waits in the outbox
    like everything else. ``not_found`` when the hub said that nobody has this code.
    """
    own = work.cases.find_by_claim(request.code)
    if own is not None:
        work.audit.note(by, "claim.read", "case", own.id, ("status",))
        return ClaimSeen(_status_of(own, work), now)
    asked = work.claims.find(request.code)
    if asked is None or now > _good_until(asked):
        _ask(request.code, by=by, work=work, now=now)
        return ClaimSeen(None)
    return _told(asked)


def _good_until(asked: ClaimAsk) -> datetime:
    """Until when an answer is given again, or a question without one is not put anew."""
    return asked.asked_at + FORGOTTEN if asked.answered_at is None else asked.answered_at + FRESH


def _told(asked: ClaimAsk) -> ClaimSeen:
    if asked.answered_at is not None and asked.status is None:
        raise Refused("not_found")
    return ClaimSeen(asked.status, asked.answered_at)


def _ask(code: str, *, by: Actor, work: Work, now: datetime) -> None:
    asked = ClaimAsked(new_id(), code)
    work.claims.ask(asked, at=now, forget_before=now - FORGOTTEN)
    work.outbox.append(asked, to=hub(work), subject=asked.ask_id, version=1)
    work.audit.note(by, "claim.read", "claim", asked.ask_id, ("status",))


def _status_of(case: Case, work: Work) -> ClaimStatus:
    shut = case.status is not CaseStatus.OPEN or case.consent.withdrawn_at is not None
    return claim_status(shut=shut, referrals=(state.status for state in work.referrals.of_case(case.id)))
