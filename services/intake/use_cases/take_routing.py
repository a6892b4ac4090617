"""The hub tells what routing decided about a case, and why."""

from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import note_todos_of
from shared.contracts.case_routed import CaseRouted


def take_routing(routed: CaseRouted, *, work: Work) -> None:
    """Keep the decision for the case's page.

    Twice or out of order: the decision of the highest version stands. Of a case that is not here nothing is
    kept: it would be sealed for nobody, and the hub tells it again when it routes the case again.
    """
    person_id = work.cases.person_of(routed.case_id)
    if person_id is not None:
        work.referrals.keep_routing(routed, person_id)
        note_todos_of(routed.case_id, work=work)
