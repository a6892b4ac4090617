"""A supervisor has looked at what a block took back."""

from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import ACKNOWLEDGED, note_todos
from shared.security.identities import Actor


def acknowledge_block(case_id: str, *, by: Actor, work: Work, now: datetime) -> Case:
    """It no longer waits; what a later block takes back will. Twice: a second line in the timeline, nothing else."""
    case = case_or_refuse(case_id, work=work)
    work.cases.log(case, ACKNOWLEDGED, by=by.user, at=now)
    note_todos(case, work=work)
    work.audit.note(by, "case.acknowledge", "case", case.id)
    return case
