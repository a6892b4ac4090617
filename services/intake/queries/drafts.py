"""The forms not yet sent of this window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import RowMapping, func, select

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
    query = select(table).order_by(table.c.updated_at.desc(), table.c.id).offset(offset).limit(size)
    total = work.connection.execute(select(func.count()).select_from(table)).scalar_one()
    return DraftList([_summary(work, row) for row in work.connection.execute(query).mappings()], total)


def _summary(work: WindowWork, row: RowMapping) -> DraftSummary:
    kept = orjson.loads(work.vault.open_local(row["sealed"]))
    return DraftSummary(kept["id"], row["saved_by"], row["created_at"], row["updated_at"])
