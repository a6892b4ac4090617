"""What waits for somebody as a page lists it: with whose case it is, and the follow-ups that come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from services.intake.domain.case import CaseStatus
from services.intake.domain.follow_up import FollowUp
from services.intake.domain.todo import Task
from services.intake.queries.case_list import CaseSummary, summary
from services.intake.queries.case_rows import records
from services.intake.queries.todo_list import TodoSeen, now_waiting, todo_seen
from services.intake.store.work import WindowWork


@dataclass(frozen=True)
class Wanted:
    """Of one kind, of one colleague's cases; None for all."""

    task: Task | None = None
    responsible: str | None = None


@dataclass(frozen=True)
class WaitingRow:
    """One thing that waits; ``follow_up`` when it is a reminder."""

    todo: TodoSeen
    case: CaseSummary
    follow_up: FollowUp | None


@dataclass(frozen=True)
class Coming:
    """A reminder for a later day."""

    follow_up: FollowUp
    case: CaseSummary


def waiting_list(
    work: WindowWork, wanted: Wanted, *, now: datetime, offset: int, size: int
) -> tuple[Sequence[WaitingRow], int]:
    """One page, the longest first, and how much it is."""
    todos, cases = work.tables.todos, work.tables.cases
    where = [now_waiting(todos, now)]
    if wanted.task is not None:
        where.append(todos.c.task == wanted.task.value)
    if wanted.responsible is not None:
        where.append(cases.c.responsible == wanted.responsible)
    both = todos.join(cases, cases.c.id == todos.c.case_id)
    total = work.connection.execute(select(func.count()).select_from(both).where(*where)).scalar_one()
    query = select(todos, cases.c.code).select_from(both).where(*where)
    page = query.order_by(todos.c.since, todos.c.case_id, todos.c.task, todos.c.about).offset(offset).limit(size)
    seen = [todo_seen(row) for row in work.connection.execute(page)]
    named, reminders = _named(work, [one.case_id for one in seen]), _reminders(work, [one.follow_up_id or "" for one in seen])
    return [WaitingRow(one, named[one.case_id], reminders.get(one.follow_up_id or "")) for one in seen], total


def coming(work: WindowWork, *, now: datetime, responsible: str | None, size: int) -> Sequence[Coming]:
    """The next reminders for days after today, of open cases."""
    table, cases = work.tables.follow_ups, work.tables.cases
    later = (table.c.due_on > work.place.moment(now).today) & table.c.done_at.is_(None) & (cases.c.status == CaseStatus.OPEN.value)
    if responsible is not None:
        later &= cases.c.responsible == responsible
    query = select(table.c.id).join(cases, cases.c.id == table.c.case_id).where(later).order_by(table.c.due_on, table.c.id).limit(size)
    ids = list(work.connection.execute(query).scalars())
    found = _reminders(work, ids)
    named = _named(work, [one.case_id for one in found.values()])
    return [Coming(found[one], named[found[one].case_id]) for one in ids]


def _named(work: WindowWork, case_ids: Sequence[str]) -> Mapping[str, CaseSummary]:
    unique = list(dict.fromkeys(case_ids))
    return {record.row["id"]: summary(record) for record in records(work.connection, work.tables, work.vault, unique, node=work.place.node)}


def _reminders(work: WindowWork, ids: Sequence[str]) -> Mapping[str, FollowUp]:
    return {one.id: one for one in work.follow_ups.some([one for one in ids if one])}
