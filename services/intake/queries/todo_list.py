"""What waits for somebody now: of one case, and of the whole window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select

from services.intake.domain.todo import FOR_SUPERVISORS, SAID, Task
from services.intake.store.work import WindowWork


@dataclass(frozen=True)
class TodoSeen:
    """One thing that waits, with the case that it waits in; ids and codes, nothing of the person."""

    case_id: str
    code: str
    task: Task
    es: str
    en: str
    since: datetime
    for_supervisor: bool
    referral_id: str | None


def todos_of_case(work: WindowWork, case_id: str, *, now: datetime) -> Sequence[TodoSeen]:
    """What waits in one case, the longest first."""
    todos, cases = work.tables.todos, work.tables.cases
    query = select(todos, cases.c.code).join(cases, cases.c.id == todos.c.case_id)
    waiting = query.where(todos.c.case_id == case_id, todos.c.since <= now).order_by(todos.c.since, todos.c.task)
    return [_seen(row) for row in work.connection.execute(waiting)]


def todo_list(work: WindowWork, *, now: datetime, offset: int, size: int) -> tuple[Sequence[TodoSeen], int]:
    """One page of all that waits, the longest first, and how much it is."""
    todos, cases = work.tables.todos, work.tables.cases
    waiting = todos.c.since <= now
    total = work.connection.execute(select(func.count()).select_from(todos).where(waiting)).scalar_one()
    query = select(todos, cases.c.code).join(cases, cases.c.id == todos.c.case_id).where(waiting)
    page = query.order_by(todos.c.since, todos.c.case_id, todos.c.task, todos.c.about).offset(offset).limit(size)
    return [_seen(row) for row in work.connection.execute(page)], total


def _seen(row: Row[tuple[object, ...]]) -> TodoSeen:
    task = Task(row.task)
    return TodoSeen(row.case_id, row.code, task, *SAID[task], row.since, task in FOR_SUPERVISORS, row.about or None)
