"""How a window stands: the lines of its first page, its figures, what it cannot do without."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from services.intake.queries.sync import Sync, sync_of
from services.intake.web.api.v1.room import Room
from shared.messaging.outbox import backlog
from shared.observability.health import Check
from shared.web.call import Words
from shared.web.site import StatusLine

_FIGURES = "ventanilla_window_rows"


class State(Collector):
    """Numbers alone: nothing about anybody. A window without network is well: it goes on by itself."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def lines(self) -> Sequence[StatusLine]:
        """For the first page."""
        sync, cases = self._sync(), self._cases()
        up = sync.broker == "up"
        link = Words("hay", "up") if up else Words("no hay; se sigue trabajando", "down; work goes on")
        return [
            *_twice(sync.forked_since),
            StatusLine(Words("Conexión con la central", "Link to the hub"), link, good=up, for_all=True),
            StatusLine(Words("Casos", "Cases"), _number(cases)),
            StatusLine(Words("Pendientes de envío", "Queued"), _number(sync.outbox)),
            StatusLine(Words("Enviados sin acuse", "Sent, no receipt yet"), _number(sync.unreceipted)),
            StatusLine(
                Words("Directorio", "Directory"),
                Words(sync.directory_version or "todavía no llega", sync.directory_version or "not here yet"),
                for_all=True,
            ),
            *self._lock(),
        ]

    def checks(self) -> Sequence[Check]:
        """For ``/readyz``."""
        return (Check("database", self._database_answers), Check("outbox", self._outbox_flows))

    def cautions(self) -> Sequence[Check]:
        """For ``/readyz`` too. One that exists twice goes on registering; a locked one sends what is sealed and keeps what comes."""
        return (
            Check("exists_once", self._exists_once),
            Check("keys", lambda: None if self._room.keys.is_open else f"locked; messages kept: {self._held()}"),
        )

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The same numbers for ``/metrics``."""
        sync = self._sync()
        rows = GaugeMetricFamily(_FIGURES, "Rows of the window.", labels=["what"])
        for name, count in (("cases", self._cases()), ("queued", sync.outbox), ("unreceipted", sync.unreceipted)):
            rows.add_metric([name], count)
        yield rows

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Without asking the database: figures are registered before it is there."""
        return (GaugeMetricFamily(_FIGURES, "Rows of the window.", labels=["what"]),)

    def _lock(self) -> Sequence[StatusLine]:
        if self._room.keys.is_open:
            return ()
        told = Words(f"cerradas hasta que alguien entre; {self._held()} mensajes esperan",
                     f"locked until somebody signs in; {self._held()} messages wait")
        return (StatusLine(Words("Llaves", "Keys"), told, for_all=True),)

    def _held(self) -> int:
        with self._room.database.read() as connection:
            return connection.execute(select(func.count()).select_from(self._room.tables.held)).scalar_one()

    def _sync(self) -> Sync:
        room = self._room
        with room.database.read() as connection:
            return sync_of(
                connection, room.tables, node=room.place.node, epoch=room.epoch, broker_up=room.broker_up()
            )

    def _cases(self) -> int:
        with self._room.database.read() as connection:
            return connection.execute(select(func.count()).select_from(self._room.tables.cases)).scalar_one()

    def _database_answers(self) -> str | None:
        with self._room.database.read() as connection:
            connection.execute(select(1))
        return None

    def _exists_once(self) -> str | None:
        since = self._sync().forked_since
        return f"otro equipo usa el nombre de esta ventanilla desde {since:%Y-%m-%d %H:%M}" if since else None

    def _outbox_flows(self) -> str | None:
        with self._room.database.read() as connection:
            problems = backlog(connection, self._room.tables.messaging).problems
        return "; ".join(f"{problem}: {count}" for problem, count in sorted(problems.items())) or None


def _twice(since: datetime | None) -> Sequence[StatusLine]:
    if since is None:
        return ()
    label = Words("Esta ventanilla existe dos veces", "This window exists twice")
    words = Words(
        f"Otro equipo usa su nombre desde {since:%d/%m/%Y %H:%M} UTC. La central aparta lo que no concuerda: nada se pierde. "
        "Avise a quien la administra y apague el equipo que no debe seguir.",
        f"Another machine has used its name since {since:%Y-%m-%d %H:%M} UTC. The hub sets aside what does not agree: nothing "
        "is lost. Tell its administrator, and switch off the machine that is not to go on.",
    )
    return (StatusLine(label, words, good=False, for_all=True),)


def _number(count: int) -> Words:
    return Words(str(count), str(count))
