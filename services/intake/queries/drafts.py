"""The forms not yet sent of this window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from services.intake.store.work import WindowWork


@dataclass(frozen=True)
class DraftSummary:
    """A draft in the list: whose it is and from when, not what stands in it."""

    id: str
    saved_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class DraftList:
    """One page."""

    items: Sequence[DraftSummary]
    total: int


def draft_list(work: WindowWork, *, offset: int, size: int) -> DraftList:
    """Newest first."""
    table = work.tables.drafts
    columns = (table.c.id, table.c.saved_by, table.c.created_at, table.c.updated_at)
    query = select(*columns).order_by(table.c.updated_at.desc(), table.c.id).offset(offset).limit(size)
    total = work.connection.execute(select(func.count()).select_from(table)).scalar_one()
    return DraftList([DraftSummary(*row) for row in work.connection.execute(query)], total)
