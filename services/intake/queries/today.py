"""The window's day: who came, what waits for somebody, how the way to the hub is. So many questions, however many cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import Row, func, select

from services.intake.domain.case import CaseStatus
from services.intake.domain.todo import SAID, Task
from services.intake.queries.case_list import CaseSummary, summary
from services.intake.queries.case_rows import records
from services.intake.queries.todo_list import now_waiting
from services.intake.store.work import WindowWork
from shared.contracts.addresses import Address
from shared.messaging.settle import last_contact

SHOWN: Final = 8
"""Of each list; the rest is one press away."""
FIRST: Final = (
    Task.CALL_EMERGENCY, Task.DECLINED, Task.STOP_UNANSWERED, Task.APPOINTMENT, Task.FOLLOW_UP, Task.ANSWERED, Task.OVERDUE,
    Task.LOOK_AT_BLOCK, Task.APPROVE_GROUND, Task.DECLARATION, Task.BEST_INTERESTS, Task.REVIEW_GROUND, Task.RENEW_CONSENT,
)
"""What waits, in the order of the page: what cannot wait, then what is of today, then the rest."""


@dataclass(frozen=True)
class Waits:
    """One kind of thing that waits: how often, and the first of the cases."""

    task: str
    es: str
    en: str
    count: int
    cases: Sequence[CaseSummary]


@dataclass(frozen=True)
class Link:
    """How the way to the hub is: cases that wait since ``since``, sent without receipt, when the hub was last heard.

    ``others`` are messages about none of these cases, not settled: questions, trainings, what the hub is asked.
    """

    up: bool
    waiting: int
    since: datetime | None
    unreceipted: int
    others: int
    last_contact: datetime | None


@dataclass(frozen=True)
class Today:
    """Everything of the first page. ``cases`` is whether anybody was ever registered here."""

    people: Sequence[CaseSummary]
    came: int
    drafts: int
    refused: Sequence[CaseSummary]
    refusals: int
    waits: Sequence[Waits]
    link: Link
    any_cases: bool


def today(work: WindowWork, *, now: datetime, broker_up: bool) -> Today:
    """Lists are cut to what fits; counts are whole."""
    tables, connection = work.tables, work.connection
    begin = datetime.combine(work.place.moment(now).today, time.min, work.place.time_zone)
    cases = tables.cases
    came = (cases.c.registered_at >= begin) & (cases.c.registered_at < begin + timedelta(days=1)) & cases.c.batch.is_(None)
    people = list(connection.execute(select(cases.c.id).where(came).order_by(cases.c.number.desc()).limit(SHOWN)).scalars())
    refused = list(connection.execute(select(tables.refusals.c.case_id).order_by(tables.refusals.c.at).limit(SHOWN)).scalars())
    counts, firsts = _waiting(work, now)
    shown = _summaries(work, [*people, *refused, *(one for ids in firsts.values() for one in ids)])
    return Today(
        people=[shown[one] for one in people],
        came=connection.execute(select(func.count()).select_from(cases).where(came)).scalar_one(),
        drafts=connection.execute(select(func.count()).select_from(tables.drafts)).scalar_one(),
        refused=[shown[one] for one in refused if one in shown],
        refusals=connection.execute(select(func.count()).select_from(tables.refusals)).scalar_one(),
        waits=[
            Waits(task.value, *SAID[task], counts[task], [shown[one] for one in firsts[task] if one in shown])
            for task in FIRST
            if task in counts
        ],
        link=_link(work, broker_up=broker_up),
        any_cases=connection.execute(select(cases.c.id).limit(1)).first() is not None,
    )


def _waiting(work: WindowWork, now: datetime) -> tuple[Mapping[Task, int], Mapping[Task, Sequence[str]]]:
    """How much waits of each kind, and the cases in which it has waited longest."""
    todos = work.tables.todos
    waiting = now_waiting(todos, now)
    per_case = select(todos.c.task, todos.c.case_id, func.min(todos.c.since).label("since")).where(waiting).group_by(todos.c.task, todos.c.case_id).subquery()
    ranked = select(
        per_case.c.task, per_case.c.case_id, func.count().over(partition_by=per_case.c.task).label("total"),
        func.row_number().over(partition_by=per_case.c.task, order_by=(per_case.c.since, per_case.c.case_id)).label("place"),
    ).subquery()
    rows = work.connection.execute(select(ranked).where(ranked.c.place <= SHOWN).order_by(ranked.c.place)).all()
    counts: dict[Task, int] = {}
    firsts: dict[Task, list[str]] = {}
    for row in rows:
        counts[Task(row.task)] = row.total
        firsts.setdefault(Task(row.task), []).append(row.case_id)
    return counts, firsts


def _summaries(work: WindowWork, ids: Sequence[str]) -> Mapping[str, CaseSummary]:
    unique = list(dict.fromkeys(ids))
    found = records(work.connection, work.tables, work.vault, unique, node=work.place.node)
    return {record.row["id"]: summary(record) for record in found}


def _link(work: WindowWork, *, broker_up: bool) -> Link:
    """Cases, not messages: that is what somebody at the counter counts in."""
    messaging, hub = work.tables.messaging, Address.hub(work.place.node)
    outbox, cases = messaging.outbox, work.tables.cases
    still = (outbox.c.destination == hub.key) & outbox.c.settled_at.is_(None) & outbox.c.sequenced.is_(True)
    listed = cases.c.status != CaseStatus.ANONYMISED.value
    query = select(outbox.c.subject, func.min(outbox.c.time).label("since"), (func.count() - func.count(outbox.c.sent_at)).label("unsent"))
    rows: Sequence[Row[tuple[str, datetime, int]]] = work.connection.execute(
        query.join(cases, cases.c.id == outbox.c.subject).where(still, listed).group_by(outbox.c.subject)
    ).all()
    waiting = [row for row in rows if row.unsent]
    of_a_case = select(cases.c.id).where(cases.c.id == outbox.c.subject, listed).exists()
    others = work.connection.execute(select(func.count()).select_from(outbox).where(still, ~of_a_case)).scalar_one()
    return Link(
        up=broker_up,
        waiting=len(waiting),
        since=min((row.since for row in waiting), default=None),
        unreceipted=len(rows) - len(waiting),
        others=others,
        last_contact=last_contact(work.connection, messaging, hub),
    )
