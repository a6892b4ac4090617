"""What waits for somebody, kept beside each case: a step of every act that may change it."""

from services.intake.domain.case import Case
from services.intake.domain.todo import Referred, todos_of
from services.intake.use_cases.ports import Work
from shared.contracts.referral import ReferralState
from shared.vocabulary.codes import CancelReason

ACKNOWLEDGED = "block-acknowledged"
"""The line of a case's timeline that says a supervisor looked at what a block took back."""


def note_todos(case: Case, *, work: Work) -> None:
    """Work out anew what waits in this case: by what the hub noted, and before it has, by the rules in force here.

    Nobody of a file sits at the counter: the hub's word will do.
    """
    routed = work.referrals.routing(case.id) if case.told else None
    decision = work.known.decide(case.details) if routed is None and case.batch is None else None
    noted = {note.code for note in (routed.notes if routed else decision.notes if decision else ())}
    referred = [_referred(state) for state in (work.referrals.of_case(case.id) if case.told else ())]
    seen = work.cases.last_logged(case.id, ACKNOWLEDGED) if referred else None
    work.todos.replace(case.id, todos_of(case, noted=noted, referred=referred, acknowledged_at=seen))


def note_todos_of(case_id: str, *, work: Work) -> None:
    """The same for a case that the hub spoke of; of one that is not here nothing waits."""
    case = work.cases.find(case_id)
    if case is not None:
        note_todos(case, work=work)


def _referred(state: ReferralState) -> Referred:
    blocked = [entry.at for entry in state.history if entry.reason == CancelReason.BLOCKED]
    return Referred(state.id, state.stop_due_at, max(blocked, default=None))
