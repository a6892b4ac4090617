"""How the service stands: the lines of its first page, its figures, what it cannot do without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import select

from services.notifications.domain.delivery import Status
from services.notifications.queries.ledger_counts import ledger_counts, unsure_count
from services.notifications.store.tables import messaging
from shared.messaging.outbox import backlog
from shared.observability.health import Check
from shared.persistence.engine import Database
from shared.web.call import Words
from shared.web.site import StatusLine

_LABELS = {
    Status.SENT: Words("Avisos entregados", "Notices delivered"),
    Status.PENDING: Words("Por entregar", "To be delivered"),
    Status.FAILED: Words("No se pudieron entregar", "Could not be delivered"),
    Status.SUPPRESSED: Words("No hacía falta avisar", "No need to tell"),
}


@dataclass(frozen=True)
class State:
    """Numbers alone: nothing about anybody."""

    database: Database

    def lines(self) -> Sequence[StatusLine]:
        """For the first page."""
        with self.database.read() as connection:
            counts = ledger_counts(connection)
            unsure = unsure_count(connection)
        lines = [
            StatusLine(words, _number(counts[status]), False if status is Status.FAILED and counts[status] else None)
            for status, words in _LABELS.items()
        ]
        return [*lines, StatusLine(Words("Envíos de final incierto", "Attempts whose end nobody saw"), _number(unsure))]

    def checks(self) -> Sequence[Check]:
        """For ``/readyz``."""
        return (Check("database", self._database_answers), Check("outbox", self._outbox_flows))

    def _database_answers(self) -> str | None:
        with self.database.read() as connection:
            connection.execute(select(1))
        return None

    def _outbox_flows(self) -> str | None:
        with self.database.read() as connection:
            problems = backlog(connection, messaging).problems
        return "; ".join(f"{problem}: {count}" for problem, count in sorted(problems.items())) or None


def _number(count: int) -> Words:
    return Words(str(count), str(count))


class LedgerFigures(Collector):
    """The ledger by status, counted when ``/metrics`` is read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """See ``Collector.collect``."""
        with self._database.read() as connection:
            counts = ledger_counts(connection)
            unsure = unsure_count(connection)
        rows = GaugeMetricFamily("ventanilla_notifications", "Rows of the ledger.", labels=["became"])
        for status, count in counts.items():
            rows.add_metric([status.value], count)
        yield rows
        yield GaugeMetricFamily("ventanilla_notifications_unsure", "Attempts whose end nobody saw.", value=unsure)

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without asking the database: a service registers its figures before it is there."""
        return (GaugeMetricFamily("ventanilla_notifications", "Rows of the ledger.", labels=["became"]),)
