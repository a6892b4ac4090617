"""What waits for somebody, kept beside each case: a step of every act that may change it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from services.intake.domain.case import Case
from services.intake.domain.todo import Looked, Referred, todos_of
from services.intake.use_cases.clocks import due_of
from services.intake.use_cases.ports import Work
from shared.contracts.referral import HistoryEntry, ReferralState
from shared.vocabulary.codes import CancelReason, ReferralStatus

ACKNOWLEDGED = "block-acknowledged"
"""The line of a case's timeline that says a supervisor looked at what a block took back."""
LOOKED = "looked"
"""The line that says somebody saw the answers that had come."""
ANSWERS = frozenset({
    "accepted", "rejected", "in-progress", "on-hold", "completed", "failed", "cancelled", "forwarded", "scheduled",
    "commented", "reopened", "erasure-answered",
})
"""Changes of a referral by which an institution says something to the window."""
GIVEN_UP = frozenset({"rejected", "failed"})
NOBODY = frozenset({"routing", "window"})
"""Names under which the hub does what rules bring about, and what a case's end does."""
WITHOUT_HELP = frozenset({ReferralStatus.REJECTED, ReferralStatus.FAILED})
KEPT_OPEN = frozenset({ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD})


def note_todos(case: Case, *, work: Work) -> None:
    """Work out anew what waits in this case: by what the hub noted, and before it has, by the rules in force here.

    Nobody of a file sits at the counter: the hub's word will do.
    """
    routed = work.referrals.routing(case.id) if case.told else None
    decision = work.known.decide(case.details) if routed is None and case.batch is None else None
    noted = {note.code for note in (routed.notes if routed else decision.notes if decision else ())}
    states = work.referrals.of_case(case.id) if case.told else ()
    looked = Looked(work.cases.last_logged(case.id, ACKNOWLEDGED), work.cases.last_logged(case.id, LOOKED)) if states else Looked()
    waiting = [one for one in work.follow_ups.of_case(case.id) if one.done_at is None]
    found = todos_of(
        case,
        noted=noted,
        referred=[_referred(state, states, work=work) for state in states],
        looked=looked,
        follow_ups={one.id: _begin(one.due_on, work=work) for one in waiting},
    )
    work.todos.replace(case.id, found)


def note_todos_of(case_id: str, *, work: Work) -> None:
    """The same for a case that the hub spoke of; of one that is not here nothing waits."""
    case = work.cases.find(case_id)
    if case is not None:
        note_todos(case, work=work)


def last_answered(case: Case, *, work: Work) -> datetime | None:
    """When an institution last said something about a case; None when none ever did."""
    said = (_answered_at(state, work=work) for state in work.referrals.of_case(case.id))
    return max((at for at in said if at is not None), default=None)


def _referred(state: ReferralState, all_of_case: Sequence[ReferralState], *, work: Work) -> Referred:
    blocked = [entry.at for entry in state.history if entry.reason == CancelReason.BLOCKED]
    given_up = state.status in WITHOUT_HELP and all(one.replaces != state.id for one in all_of_case)
    return Referred(
        id=state.id,
        stop_due_at=state.stop_due_at,
        blocked_at=max(blocked, default=None),
        due_at=due_of(state),
        declined_at=_last(state, GIVEN_UP) if given_up else None,
        answered_at=_answered_at(state, work=work),
        meets=_day_of_meeting(state, work=work),
    )


def _last(state: ReferralState, changes: Collection[str]) -> datetime | None:
    return max((entry.at for entry in state.history if entry.change in changes), default=None)


def _answered_at(state: ReferralState, *, work: Work) -> datetime | None:
    return max((entry.at for entry in state.history if _is_answer(entry, work=work)), default=None)


def _is_answer(entry: HistoryEntry, *, work: Work) -> bool:
    """What the window itself said or cancelled stands in the same history."""
    if entry.change not in ANSWERS or entry.by in NOBODY:
        return False
    user = work.access.get(entry.by)
    return user is None or user.window != work.place.window


def _day_of_meeting(state: ReferralState, *, work: Work) -> tuple[datetime, datetime] | None:
    meeting = state.appointment
    if meeting is None or meeting.kept is not None or state.status not in KEPT_OPEN:
        return None
    day = work.place.moment(meeting.at).today
    return _begin(day, work=work), _begin(day + timedelta(days=1), work=work)


def _begin(day: date, *, work: Work) -> datetime:
    """The first moment of a day at this window."""
    return datetime.combine(day, time.min, work.place.time_zone)
