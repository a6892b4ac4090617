"""A window closes a case; the hub cancels its open referrals or asks them to stop."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import as_closed, hub
from services.intake.use_cases.todos import note_todos
from shared.security.identities import Actor
from shared.vocabulary.codes import CloseReason


@dataclass(frozen=True)
class CloseCase:
    """Why the case ends; ``version`` None takes the state alone."""

    case_id: str
    reason: CloseReason
    text: str = ""
    version: int | None = None


def close_case(request: CloseCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """End a case. Told to the hub whenever it knows of the case, also after a withdrawal."""
    case = case_or_refuse(request.case_id, work=work)
    if request.version is not None:
        case.at_version(request.version)
    closed = case.closed(request.reason, request.text, by=by.user, at=now, incarnation=work.incarnation)
    event = as_closed(closed)
    if closed.told and event is not None:
        work.outbox.append(event, to=hub(work), subject=case.id, version=event.version)
    work.cases.save(closed)
    note_todos(closed, work=work)
    work.refusals.clear(case.id)
    work.cases.log(closed, "closed", by=by.user, at=now)
    work.audit.note(by, "case.close", "case", case.id, ("status", "closing"))
    return closed
