"""Somebody at the window opens a case."""

from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import LOOKED, last_answered, note_todos
from shared.security.identities import Actor

SEEN = ("person", "needs", "consent", "referrals", "notes")
"""What a reader of a case's page sees of a person."""


def look_at_case(case_id: str, *, by: Actor, work: Work, now: datetime) -> Case:
    """Note who read it. Answers that nobody had seen are seen now, and no longer wait."""
    case = case_or_refuse(case_id, work=work)
    answered, before = last_answered(case, work=work), work.cases.last_logged(case.id, LOOKED)
    if answered is not None and (before is None or answered > before):
        work.cases.log(case, LOOKED, by=by.user, at=now)
        note_todos(case, work=work)
    work.audit.note(by, "case.read", "case", case.id, SEEN)
    return case
