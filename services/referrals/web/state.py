"""How the hub stands: the lines of its first page, its figures, what it cannot do without."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from services.referrals.queries.recovery import waited_for
from services.referrals.store.directory import Overlay
from services.referrals.store.doors import InForce
from services.referrals.store.tables import Tables
from services.referrals.use_cases.receipts import TWICE_FOR
from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.messaging.dead_letters import forks
from shared.messaging.dead_letters import waiting as waiting_letters
from shared.messaging.outbox import backlog
from shared.observability.health import Check
from shared.persistence.engine import Database
from shared.web.call import Words
from shared.web.site import StatusLine

_RECOVERING = "Windows that a restored hub still waits for."


@dataclass(frozen=True)
class State:
    """Numbers alone: nothing about anybody."""

    database: Database
    tables: Tables
    overlay: Overlay
    in_force: InForce
    clock: Clock

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
            "dead_letters": select(func.count()).select_from(letters).where(waiting_letters(tables.messaging)),
        }
        with self.database.read() as connection:
            return {name: connection.execute(query).scalar_one() for name, query in asked.items()}

    def checks(self) -> Sequence[Check]:
        """For ``/readyz``."""
        return (Check("database", self._database_answers), Check("outbox", self._outbox_flows))

    def cautions(self) -> Sequence[Check]:
        """For ``/readyz`` too: the hub does its work all the same."""
        return (
            Check("exists_once", self._everybody_exists_once),
            Check("recovered", self._has_recovered),
            Check("same_cases", self._windows_have_the_same),
            Check("windows", lambda: f"suspended: {shut}" if (shut := self._suspended()) else None),
        )

    def twice(self) -> Mapping[str, int]:
        """Who exists twice, by address, with the number of letters that wait because of it."""
        windows = self.tables.windows
        lately = self.clock.now() - TWICE_FOR
        with self.database.read() as connection:
            older = connection.execute(select(windows.c.window).where(windows.c.older_life_at > lately)).scalars().all()
            letters = {source: fork.letters for source, fork in forks(connection, self.tables.messaging).items()}
        heard = {Address.window(self.in_force.country.node, window).source: 0 for window in older}
        return heard | letters

    def waited_for(self) -> Sequence[str]:
        """After a restore, the windows that have not told yet what this hub forgot."""
        with self.database.read() as connection:
            windows = [place.id for place in self.in_force.country.windows]
            return waited_for(connection, self.tables, self.in_force.country.node, windows)

    def _has_recovered(self) -> str | None:
        waiting = ", ".join(self.waited_for())
        return f"la central fue restaurada y espera a: {waiting}" if waiting else None

    def _windows_have_the_same(self) -> str | None:
        windows = self.tables.windows
        query = select(windows.c.window).where(windows.c.agrees.is_(False)).order_by(windows.c.window)
        with self.database.read() as connection:
            found = ", ".join(connection.execute(query).scalars())
        return f"no tienen los mismos casos que la central: {found}" if found else None

    def _everybody_exists_once(self) -> str | None:
        found = [f"{source} existe dos veces ({letters} mensajes apartados)" for source, letters in sorted(self.twice().items())]
        return "; ".join(found) or None

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
        twice = GaugeMetricFamily("ventanilla_exists_twice", "Quarantined messages of who exists twice.", labels=["source"])
        for source, letters in self._state.twice().items():
            twice.add_metric([source], letters)
        yield twice
        yield GaugeMetricFamily("ventanilla_recovering", _RECOVERING, value=len(self._state.waited_for()))

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without asking the database: a service registers its figures before it is there."""
        return (
            GaugeMetricFamily("ventanilla_hub_rows", "Rows of the hub.", labels=["table"]),
            GaugeMetricFamily("ventanilla_exists_twice", "Quarantined messages of who exists twice.", labels=["source"]),
            GaugeMetricFamily("ventanilla_recovering", _RECOVERING),
        )
