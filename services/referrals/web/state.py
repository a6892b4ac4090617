"""How the hub stands: the lines of its first page, its figures, what it cannot do without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from services.referrals.store.directory import Overlay
from services.referrals.store.doors import InForce
from services.referrals.store.tables import Tables
from shared.messaging.outbox import backlog
from shared.observability.health import Check
from shared.persistence.engine import Database
from shared.web.call import Words
from shared.web.site import StatusLine


@dataclass(frozen=True)
class State:
    """Numbers alone: nothing about anybody."""

    database: Database
    tables: Tables
    overlay: Overlay
    in_force: InForce

    def lines(self) -> Sequence[StatusLine]:
        """For the first page."""
        counts, shut = self.counts(), self._suspended()
        with self.database.read() as connection:
            version = self.overlay.version(connection)
        return [
            StatusLine(Words("Casos recibidos", "Cases received"), _number(counts["cases"])),
            StatusLine(Words("Referencias", "Referrals"), _number(counts["referrals"])),
            StatusLine(Words("Casos que no se pudieron tomar", "Cases that could not be taken"), _number(counts["refused"])),
            StatusLine(Words("Mensajes sin entender", "Messages not understood"), _number(counts["dead_letters"]), counts["dead_letters"] == 0),
            StatusLine(Words("Directorio y reglas", "Directory and rules"), Words(version, version), for_all=True),
            *([StatusLine(Words("Ventanillas suspendidas", "Suspended windows"), Words(shut, shut), good=False)] if shut else []),
        ]

    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        tables = self.tables
        letters = tables.messaging.dead_letters
        asked = {
            "cases": select(func.count()).select_from(tables.cases),
            "referrals": select(func.count()).select_from(tables.referrals),
            "refused": select(func.count()).select_from(tables.refusals),
            "dead_letters": select(func.count()).select_from(letters).where(letters.c.replayed_at.is_(None)),
        }
        with self.database.read() as connection:
            return {name: connection.execute(query).scalar_one() for name, query in asked.items()}

    def checks(self) -> Sequence[Check]:
        """For ``/readyz``."""
        return (Check("database", self._database_answers), Check("outbox", self._outbox_flows))

    def notices(self) -> Sequence[Check]:
        """For ``/readyz`` too, though the hub works on."""
        return (Check("windows", lambda: f"suspended: {shut}" if (shut := self._suspended()) else None),)

    def _suspended(self) -> str:
        """Which windows are shut out, and since when; read anew, since a command may have changed it."""
        with self.database.read() as connection:
            self.in_force.look(connection)
        shut = self.in_force.suspended.values()
        return ", ".join(f"{door.window} ({door.suspended_at:%Y-%m-%d %H:%M} UTC)" for door in shut)

    def _database_answers(self) -> str | None:
        with self.database.read() as connection:
            connection.execute(select(1))
        return None

    def _outbox_flows(self) -> str | None:
        with self.database.read() as connection:
            problems = backlog(connection, self.tables.messaging).problems
        return "; ".join(f"{problem}: {count}" for problem, count in sorted(problems.items())) or None


def _number(count: int) -> Words:
    return Words(str(count), str(count))


class HubFigures(Collector):
    """The same numbers, counted when ``/metrics`` is read."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """See ``Collector.collect``."""
        rows = GaugeMetricFamily("ventanilla_hub_rows", "Rows of the hub.", labels=["table"])
        for name, count in self._state.counts().items():
            rows.add_metric([name], count)
        yield rows

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without asking the database: a service registers its figures before it is there."""
        return (GaugeMetricFamily("ventanilla_hub_rows", "Rows of the hub.", labels=["table"]),)
