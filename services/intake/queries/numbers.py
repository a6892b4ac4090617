"""The window's own numbers. They stay at the window, among those who wrote the cases: nothing is suppressed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from services.intake.domain.case import Delivery
from services.intake.domain.feedback import Question, Reply
from services.intake.queries.delivery import delivery_counts
from services.intake.queries.people import PeopleIndex
from services.intake.store.work import WindowWork

MONTHS = 12
"""How far back answers of persons are counted."""


@dataclass(frozen=True)
class Numbers:
    """People by when they came, visits without a name, needs and deliveries of all cases, answers, what persons said.

    ``in_time`` and ``late`` count referrals that were accepted or declined; ``unanswered`` those that still wait.
    """

    day: int
    week: int
    month: int
    all_people: int
    questions_month: int
    by_need: Sequence[tuple[str, int]]
    by_delivery: Mapping[Delivery, int]
    in_time: int
    late: int
    unanswered: int
    said: Mapping[Question, Mapping[Reply, int]]


def numbers(work: WindowWork, people: PeopleIndex, today: date) -> Numbers:
    """Counted by the day of the interview; weeks begin on Monday."""
    everybody = people.everybody(work.connection)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    came = [one.came_on for one in everybody if one.came_on is not None and one.came_on <= today]
    needs = Counter(need for one in everybody for need in one.needs)
    visits, referrals = work.tables.visits, work.tables.referrals
    asked = select(func.count()).select_from(visits).where(visits.c.occurred_on >= first, visits.c.occurred_on <= today)
    answered: dict[bool | None, int] = dict(work.connection.execute(select(referrals.c.in_time, func.count()).group_by(referrals.c.in_time)).all())
    waiting = select(func.count()).select_from(referrals).where(referrals.c.status.in_(["requested", "received"]))
    return Numbers(
        day=sum(one == today for one in came),
        week=sum(one >= monday for one in came),
        month=sum(one >= first for one in came),
        all_people=len(everybody),
        questions_month=work.connection.execute(asked).scalar_one(),
        by_need=needs.most_common(),
        by_delivery=delivery_counts(work.connection, work.tables, node=work.place.node),
        in_time=answered.get(True, 0),
        late=answered.get(False, 0),
        unanswered=work.connection.execute(waiting).scalar_one(),
        said=_said(work, today),
    )


def _said(work: WindowWork, today: date) -> Mapping[Question, Mapping[Reply, int]]:
    table = work.tables.feedback
    since = (today - timedelta(days=31 * MONTHS)).replace(day=1)
    query = select(table.c.question, table.c.answer, func.sum(table.c.count)).where(table.c.month >= since)
    rows = work.connection.execute(query.group_by(table.c.question, table.c.answer)).all()
    counts = {(Question(question), Reply(answer)): int(count) for question, answer, count in rows}
    return {question: {answer: counts.get((question, answer), 0) for answer in Reply} for question in Question}
