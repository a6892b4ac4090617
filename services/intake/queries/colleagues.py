"""Who works at this window, and how much each looks after."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from services.intake.domain.case import CaseStatus
from services.intake.store.work import WindowWork


@dataclass(frozen=True)
class Colleague:
    """A user of this window; also one who left, while they still have open cases."""

    username: str
    active: bool
    open_cases: int


def colleagues(work: WindowWork) -> Sequence[Colleague]:
    """Everybody who has or may have cases, by name."""
    users, cases = work.tables.access.users, work.tables.cases
    mine = select(users.c.username, users.c.active).where(users.c.window == work.place.window)
    active = {row.username: row.active for row in work.connection.execute(mine)}
    is_open = (cases.c.status == CaseStatus.OPEN.value) & cases.c.responsible.is_not(None)
    counted = select(cases.c.responsible, func.count()).where(is_open).group_by(cases.c.responsible)
    counts: dict[str, int] = dict(work.connection.execute(counted).all())
    return [Colleague(name, active.get(name, False), counts.get(name, 0)) for name in sorted({*active, *counts})]
