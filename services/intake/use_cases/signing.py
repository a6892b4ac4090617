"""What every act of a supervisor ends with."""

from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import tell
from services.intake.use_cases.todos import note_todos
from shared.security.identities import Actor


def kept(case: Case, what: str, act: str, *, by: Actor, work: Work, now: datetime) -> Case:
    """Tell the hub if the case may leave now, keep it, and note who answers for it."""
    case = tell(case, work=work, moment=work.place.moment(now))
    work.cases.save(case)
    work.refusals.clear(case.id)
    work.cases.log(case, what, by=by.user, at=now)
    note_todos(case, work=work)
    work.audit.note(by, act, "case", case.id, ("approvals",))
    return case
