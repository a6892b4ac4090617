"""Batches of imported cases that institutions are told of once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.domain.summaries import Summary
from services.notifications.store.tables import summaries
from shared.vocabulary.codes import Urgency


class SqlSummaries:
    """``Summaries`` on both databases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, summary: Summary) -> Summary | None:
        """See ``Summaries.begin``: of two replicas that begin at once, one is told of the other's."""
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        if self._connection.execute(insert(summaries).values(_row(summary)).on_conflict_do_nothing()).rowcount == 1:
            return None
        same = (summaries.c.batch == summary.batch) & (summaries.c.institution == summary.institution)
        return _summary(self._connection.execute(select(summaries).where(same).with_for_update()).mappings().one())

    def save(self, summary: Summary) -> None:
        """See ``Summaries.save``."""
        self._connection.execute(update(summaries).where(summaries.c.id == summary.id).values(_row(summary)))

    def untold(self, *, most: int) -> Sequence[Summary]:
        """See ``Summaries.untold``: those that were quiet longest first."""
        query = (
            select(summaries)
            .where(summaries.c.told_at.is_(None))
            .order_by(summaries.c.last_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        return [_summary(row) for row in self._connection.execute(query).mappings()]


def _row(summary: Summary) -> Mapping[str, object]:
    return {
        "id": summary.id,
        "batch": summary.batch,
        "institution": summary.institution,
        "window": summary.window,
        "count": summary.count,
        "urgency": summary.urgency.value,
        "by": summary.by,
        "first_at": summary.first_at,
        "last_at": summary.last_at,
        "told_at": summary.told_at,
    }


def _summary(row: RowMapping) -> Summary:
    return Summary(**{**row, "urgency": Urgency(row["urgency"])})
