"""Batches of imported cases that institutions are told of once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, select, update

from services.notifications.domain.summaries import Summary, merged
from services.notifications.store.tables import summaries
from shared.messaging.streams import insert_or_skip
from shared.vocabulary.codes import Urgency


class SqlSummaries:
    """``Summaries`` on both databases."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._joining: dict[tuple[str, str], Summary] = {}

    def join(self, summary: Summary) -> None:
        """See ``Summaries.join``."""
        key = (summary.batch, summary.institution)
        there = self._joining.get(key)
        self._joining[key] = summary if there is None else merged(there, summary)

    def flush(self) -> None:
        """Write what joined, always in one order: so that two replicas cannot wait for each other."""
        for _, summary in sorted(self._joining.items()):
            there = self._begin(summary)
            if there is not None:
                self.save(merged(there, summary))
        self._joining = {}

    def _begin(self, summary: Summary) -> Summary | None:
        """Keep the first of its batch and institution; or, when there is one already, that one, locked."""
        if self._connection.execute(insert_or_skip(self._connection, summaries).values(_row(summary))).rowcount == 1:
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
