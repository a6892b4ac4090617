"""What waits for somebody now: of one case, and of the whole window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Table, func, select

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
    follow_up_id: str | None


def todos_of_case(work: WindowWork, case_id: str, *, now: datetime) -> Sequence[TodoSeen]:
    """What waits in one case, the longest first."""
    todos, cases = work.tables.todos, work.tables.cases
    query = select(todos, cases.c.code).join(cases, cases.c.id == todos.c.case_id)
    waiting = query.where(todos.c.case_id == case_id, now_waiting(todos, now)).order_by(todos.c.since, todos.c.task)
    return [todo_seen(row) for row in work.connection.execute(waiting)]


def todo_list(work: WindowWork, *, now: datetime, offset: int, size: int) -> tuple[Sequence[TodoSeen], int]:
    """One page of all that waits, the longest first, and how much it is."""
    todos, cases = work.tables.todos, work.tables.cases
    waiting = now_waiting(todos, now)
    total = work.connection.execute(select(func.count()).select_from(todos).where(waiting)).scalar_one()
    query = select(todos, cases.c.code).join(cases, cases.c.id == todos.c.case_id).where(waiting)
    page = query.order_by(todos.c.since, todos.c.case_id, todos.c.task, todos.c.about).offset(offset).limit(size)
    return [todo_seen(row) for row in work.connection.execute(page)], total


def now_waiting(todos: Table, now: datetime) -> ColumnElement[bool]:
    """What has begun to wait, and has not ceased to by time alone."""
    return (todos.c.since <= now) & (todos.c.until.is_(None) | (todos.c.until > now))


def todo_seen(row: Row[tuple[object, ...]]) -> TodoSeen:
    """A row of ``todos`` with its case's code."""
    task = Task(row.task)
    about = row.about or None
    referral_id, follow_up_id = (None, about) if task is Task.FOLLOW_UP else (about, None)
    return TodoSeen(
        row.case_id, row.code, task, *SAID[task], row.since, task in FOR_SUPERVISORS, referral_id, follow_up_id
    )
