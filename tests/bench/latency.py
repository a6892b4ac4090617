"""How long a person's case takes from the window to the desk: asked over the window's own API, seen in the hub's table."""

import sqlite3
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import requests

from services.intake.store.tables import window_tables
from shared.clock import SystemClock
from shared.contracts.access import UserAccess
from shared.persistence.engine import open_database
from shared.security.users import Users
from tests.bench.cases import LA_HACHADURA, NODE, fill, person, window_settings
from tests.bench.stage import Place
from tests.servers import free_port, wait_until

LOOK = 0.004
"""Seconds between two looks into the hub's table."""
RUN_UP = 6.0
"""Seconds in which the load's process starts, before it is given anything."""
SETTLED = 2.0
"""Seconds of load before anything is measured."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds from sending the request to the committed referral, of some cases."""

    measured: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.measured)

    @property
    def p99(self) -> float:
        return sorted(self.measured)[min(len(self.measured) - 1, round(0.99 * len(self.measured)))]


def latency(place: Place, cases: int, *, load: float, every: float = 0.2) -> Latency:
    """Register ``cases`` people at a running window while ``load`` cases a second come from another."""
    database, port = place.folder / "desk-window" / "window.sqlite", free_port()
    database.parent.mkdir()
    settings = window_settings(LA_HACHADURA, database, place.folder / "keys", place.run.amqp_uri)
    fill(settings, 0)
    token = _staff(settings.database_url)
    place.service("referrals")
    place.service("notifications")
    place.service(
        "intake", WINDOW=LA_HACHADURA.name, DATABASE_URL=settings.database_url, KEY_STORE=str(settings.key_store),
        WEB_SERVER_ADDRESS=f"127.0.0.1:{port}", KEY_STORE_URL="", SMTP_URL="",
    )
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(place, url), seconds=60, what="the window's API")
    place.consumed("hub.sv.intake", "notify.sv")
    if load:
        _hold(Path(place.run.outbox))
        place.start("window", "-m", "tests.bench.pipelines.ours", "--go")
        time.sleep(RUN_UP)
        _spread(Path(place.run.outbox), load)
        time.sleep(SETTLED)
    return Latency(_measured(place, url, token, cases, every))


def _measured(place: Place, url: str, token: str, cases: int, every: float) -> list[float]:
    found = []
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    connection = psycopg2.connect(place.run.hub_dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for number in range(cases):
            began = time.monotonic()
            answer = session.post(f"{url}/api/v1/cases", json=person(1_000_000 + number), timeout=30)
            answer.raise_for_status()
            case = answer.json()["id"]
            wait_until(lambda case=case: _there(cursor, case), seconds=60, what=f"{case} at the desk", every=LOOK)
            took = time.monotonic() - began
            found.append(1000 * took)
            time.sleep(max(0.0, every - took))
    connection.close()
    return found[min(5, cases // 10):]


def _there(cursor: "psycopg2.extensions.cursor", case: str) -> bool:
    cursor.execute("SELECT 1 FROM referrals WHERE case_id = %s LIMIT 1", (case,))
    return cursor.fetchone() is not None


def _hold(outbox: Path) -> None:
    """What the other window has to say lies beside its outbox: a relay that starts sends all that it finds in it."""
    database = sqlite3.connect(outbox)
    database.executescript("CREATE TABLE held AS SELECT * FROM outbox ORDER BY id; DELETE FROM outbox;")
    database.close()


def _spread(outbox: Path, rate: float) -> None:
    """Let what was held become due one by one, ``rate`` a second from now."""
    database = sqlite3.connect(outbox, timeout=30)
    now, held = time.time(), database.execute("SELECT id FROM held ORDER BY id").fetchall()
    rows = [(_written(now + number / rate), key) for number, (key,) in enumerate(held)]
    database.executemany("UPDATE held SET due_at = ? WHERE id = ?", rows)
    database.execute("INSERT INTO outbox SELECT * FROM held")
    database.commit()
    database.close()


def _written(at: float) -> str:
    whole = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
    return f"{whole}.{int(at % 1 * 1_000_000):06d}"


def _staff(url: str) -> str:
    database = open_database(url)
    with database.write() as connection:
        users = Users(connection, window_tables().access)
        name = f"staff@{LA_HACHADURA.name}"
        users.add(UserAccess(username=name, role="staff", node=NODE, version=1, window=LA_HACHADURA.name))
        token = users.issue(name, now=SystemClock().now())
    database.close()
    return token


def _answers(place: Place, url: str) -> bool:
    place.check()
    try:
        return requests.get(f"{url}/healthz", timeout=5).ok
    except requests.RequestException:
        return False
