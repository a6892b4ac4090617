"""A referral as its window holds it, made into what this hub keeps of one (its history tells what no window is told)."""

from collections.abc import Sequence
from datetime import date, datetime

from services.referrals.domain.erasure import Erasure
from services.referrals.domain.history import UNSEEN, Entry
from services.referrals.domain.limits import SHUTS
from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Origin, Referral
from services.referrals.domain.transitions import FINAL
from shared.contracts.referral import HistoryEntry, ReferralState
from shared.ids import id_as_of
from shared.routing.decision import Reason
from shared.routing.rules import Disclosure
from shared.vocabulary.codes import CancelReason, NeedMet, Outcome

ENDS = frozenset({*FINAL, "forwarded"})
"""Changes after which nothing is expected any more."""


def entries_of(state: ReferralState) -> list[Entry]:
    """Its history, each entry under an id that sorts where it happened."""
    return [
        Entry(id_as_of(entry.at), state.id, entry.at, entry.change, entry.by, _reason(entry), entry.text)
        for entry in state.history
    ]


def _reason(entry: HistoryEntry) -> str | None:
    """A window is not told which changes of needs its desk may know of: none of those that come back is shown there."""
    return UNSEEN if (entry.change, entry.reason) == ("changed", "needs") else entry.reason


def referral_of(state: ReferralState, *, person_id: str, batch: str | None) -> Referral:
    """The referral, of the person whose its case is now. Without a word on disclosure it reveals code and need only."""
    entries = entries_of(state)
    author = entries[0].by if entries else "routing"
    accepted, stopped, ended = _first(entries, "accepted"), _all(entries, "stop-requested"), _all(entries, "cancelled", "forwarded")
    stop_reasons = [CancelReason(entry.reason or CancelReason.OTHER) for entry in stopped]
    return Referral(
        id=state.id, case_id=state.case_id, case_code=state.case_code, person_id=person_id, window=state.window,
        institution=state.institution, urgency=state.urgency, needs=state.needs,
        reasons=tuple(Reason(reason.rule, reason.es, reason.en) for reason in state.reasons),
        author=author, origin=_origin(author, state.replaces), created_at=state.created_at,
        ack_due_at=state.ack_due_at or state.created_at, due_at=state.due_at or state.created_at,
        disclosure=Disclosure(state.disclosure or Disclosure.CODE_ONLY), status=state.status, version=state.version,
        desk_version=state.version, batch=batch, replaces=state.replaces, hops=state.hops, received_at=_at(_first(entries, "received")),
        accepted_at=state.accepted_at or _at(accepted), accepted_by=accepted.by if accepted else None, ended_at=_ended(state, entries),
        stop_requested_at=_at(stopped[0] if stopped else None), stop_reason=stop_reasons[-1] if stop_reasons else None,
        access_ended=state.erasure is not None or not SHUTS.isdisjoint(stop_reasons), escalated=state.escalated, responsible=state.responsible,
        suggested_institution=state.suggested_institution, outcome=Outcome(state.outcome) if state.outcome else None,
        service_delivered=state.service_delivered, need_met=NeedMet(state.need_met) if state.need_met else None,
        review_on=date.fromisoformat(state.review_on) if state.review_on else None,
        institution_ref=state.institution_ref, appointment=_meeting(state),
        cancel_reason=CancelReason(ended[-1].reason) if ended and ended[-1].reason else None,
        erasure=Erasure(**vars(state.erasure)) if state.erasure else None,
    )


def _origin(author: str, replaces: str | None) -> Origin:
    if author == "routing":
        return Origin.ROUTING
    return Origin.FORWARDED if replaces else Origin.BY_HAND


def _ended(state: ReferralState, entries: Sequence[Entry]) -> datetime | None:
    """When it ended first since it was last opened again."""
    ended: datetime | None = None
    for entry in entries:
        if entry.change == "reopened":
            ended = None
        elif entry.change in ENDS and ended is None:
            ended = entry.at
    return ended if state.status in FINAL else None


def _meeting(state: ReferralState) -> Meeting | None:
    told = state.appointment
    return None if told is None else Meeting(told.at, told.place, told.bring, told.kept)


def _all(entries: Sequence[Entry], *changes: str) -> list[Entry]:
    return [entry for entry in entries if entry.change in changes]


def _first(entries: Sequence[Entry], change: str) -> Entry | None:
    return next(iter(_all(entries, change)), None)


def _at(entry: Entry | None) -> datetime | None:
    return entry.at if entry else None
