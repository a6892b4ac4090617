"""One run of one pipeline: a virtual host, two or three databases, a copy of the window, its processes."""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import amqp
import psycopg2

from shared.config import Settings
from shared.contracts.addresses import Address
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.persistence.engine import open_database
from shared.persistence.migrate import migrate
from tests.bench.cases import HUB, LA_HACHADURA, LA_UNION, NODE, NOTIFICATIONS, REFERRALS_PER_CASE, keys
from tests.bench.pipelines.common import Run
from tests.bench.processor import processor_seconds
from tests.bench.servers import Server
from tests.servers import PostgreSQL, RabbitMQ, free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
HUB_TEMPLATE, LEDGER_TEMPLATE = "bench-hub", "bench-notifications"
PERSON_KEYS = "CREATE TABLE person_keys (person_id varchar(64) PRIMARY KEY, wrapped bytea, forgotten_at timestamptz)"


@dataclass(frozen=True)
class Stage:
    """The servers of the benchmark and its folder."""

    folder: Path
    broker: Server[RabbitMQ]
    database: Server[PostgreSQL]

    @property
    def rabbitmq(self) -> RabbitMQ:
        """The broker's virtual hosts."""
        return self.broker.reach

    @property
    def postgresql(self) -> PostgreSQL:
        """The server's databases."""
        return self.database.reach

    def prepare(self, windows: Sequence[Address] = ()) -> None:
        """Keys, of more windows too, and an empty database of each kind to copy."""
        keys(self.folder / "keys", [LA_UNION, LA_HACHADURA, *windows])
        for name, service in ((HUB_TEMPLATE, "referrals"), (LEDGER_TEMPLATE, "notifications")):
            database = open_database(self.postgresql.new_database(name))
            migrate(database, service)
            database.close()
        # where the peers keep the persons' keys: beside their rows, in the same transaction
        with self._connect(HUB_TEMPLATE) as connection, connection.cursor() as cursor:
            cursor.execute(PERSON_KEYS)
        connection.close()

    def _connect(self, name: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(dsn_of(self.postgresql.url(name)))

    @contextmanager
    def place(self, outbox: Path) -> Iterator["Place"]:
        """Room for one run; nothing of it stays."""
        name = f"bench-{uuid.uuid4().hex[:8]}"
        folder = self.folder / name
        folder.mkdir()
        shutil.copytree(outbox.parent, folder / "window")
        uri = self.rabbitmq.new_vhost(name)
        urls = {
            kind: self.postgresql.new_database(f"{name}-{kind}", template)
            for kind, template in (("hub", HUB_TEMPLATE), ("notifications", LEDGER_TEMPLATE), ("keys", "template1"))
        }
        topology.declare(Broker(uri), NODE, [LA_UNION.name, LA_HACHADURA.name])
        run = Run(
            amqp_uri=uri, hub_dsn=dsn_of(urls["hub"]), notifications_dsn=dsn_of(urls["notifications"]),
            keys=str(self.folder / "keys"), outbox=str(folder / "window" / outbox.name),
            model=str(self.folder / "model.json"),
        )
        shutil.copytree(self.folder / "keys", folder / "keys")
        place = Place(folder, run, urls, {"RabbitMQ": self.broker.pid, "PostgreSQL": self.database.pid})
        try:
            yield place
        finally:
            place.end()
            self.rabbitmq.drop_vhost(name)
            for kind in urls:
                self.postgresql.drop_database(f"{name}-{kind}")
            shutil.rmtree(folder)


@dataclass(frozen=True)
class Timed:
    """One run: how many cases, in how many seconds, with how many seconds of the processor by part."""

    cases: int
    seconds: float
    processor: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Cases per second."""
        return self.cases / self.seconds

    def milliseconds(self, *parts: str) -> float:
        """Of the processor, for one case; without names, of all parts."""
        return 1000 * sum(self.processor[part] for part in parts or self.processor) / self.cases


class Place:
    """The processes of one run, and what they have reached."""

    def __init__(self, folder: Path, run: Run, urls: Mapping[str, str], servers: Mapping[str, int]) -> None:
        self._servers = servers
        self._parts: dict[str, list[int]] = {}
        self.folder = folder
        self.run = run
        self.urls = urls
        self.processes: list[subprocess.Popen[bytes]] = []

    def tune(self, **changed: int) -> None:
        """Another number of workers or messages fetched ahead."""
        self.run = replace(self.run, **changed)

    def start(self, part: str, *arguments: str, python: str = sys.executable, **environment: str) -> "subprocess.Popen[bytes]":
        """One process of this repository; what it says is in the run's folder."""
        file = self.folder / "run.json"
        file.write_text(json.dumps(asdict(self.run)))
        number = len(self.processes)
        log = (self.folder / f"{number}.log").open("wb")
        process = subprocess.Popen(
            [python, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            env={**_clean(), "BENCH_RUN": str(file), "PYTHONPATH": str(ROOT), **environment},
        )
        log.close()
        self.processes.append(process)
        self._parts.setdefault(part, []).append(process.pid)
        return process

    def service(self, which: str, **more: str) -> "subprocess.Popen[bytes]":
        """``ventanilla run``."""
        config, environment = self._environment(which, more)
        part = {"referrals": "hub"}.get(which, which)
        return self.start(part, "-m", "services.console.main", "run", which, "--config", config, **environment)

    def hub_of_many(self) -> "subprocess.Popen[bytes]":
        """The hub with the windows of ``many.py``."""
        config, environment = self._environment("referrals", {})
        return self.start("hub", "-m", "tests.bench.pipelines.many", "hub", config, **environment)

    def _environment(self, which: str, more: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        settings = self.settings(which)
        values = {
            "NODE": NODE, "DATABASE_URL": settings.database_url, "KEY_STORE": str(settings.key_store),
            "AMQP_URI": settings.amqp_uri, "WEB_SERVER_ADDRESS": f"127.0.0.1:{free_port()}", "LOG_LEVEL": "WARNING",
            "KEY_STORE_URL": settings.key_store_url or "", "SMTP_URL": settings.smtp_url or "", **more,
        }
        environment = {f"VENTANILLA_{name}": value for name, value in values.items() if value}
        config = self.folder / "empty.yml"
        config.write_text("{}\n")
        return str(config), environment

    def settings(self, which: str) -> Settings:
        """The settings of the hub or of notifications; users have no address here, so no letter is sent."""
        address, kind = (HUB, "hub") if which == "referrals" else (NOTIFICATIONS, "notifications")
        return Settings(
            node=NODE, database_url=self.urls[kind], key_store=self.folder / "keys" / address.key,
            amqp_uri=self.run.amqp_uri, key_store_url=self.urls["keys"] if which == "referrals" else None,
            smtp_url="smtp://127.0.0.1:9", log_level="WARNING",
        )

    def consumed(self, *queues: str, consumers: int = 1) -> None:
        """Wait until each queue has consumers."""
        for queue in queues:
            wait_until(lambda queue=queue: self._consumers(queue) >= consumers, seconds=60, what=f"a consumer of {queue}")

    def _consumers(self, queue: str) -> int:
        self.check()
        with Broker(self.run.amqp_uri).connection() as connection:
            channel = connection.channel()
            try:
                return int(channel.queue_declare(queue, passive=True).consumer_count)
            except amqp.NotFound:
                return 0

    def check(self) -> None:
        """Whether all still run, but for senders that are done."""
        for number, process in enumerate(self.processes):
            if process.poll():
                raise AssertionError((self.folder / f"{number}.log").read_text()[-3000:])

    def noted(self, after: str = "") -> int:
        """How many rows the ledger has whose id (they rise with time) is above another."""
        return int(str(self._asks("SELECT count(*) FROM notifications WHERE id > %s", after)))

    def _asks(self, query: str, *values: str) -> object:
        connection = psycopg2.connect(self.run.notifications_dsn)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchone()[0]
        finally:
            connection.close()

    def timed(self, senders: Sequence["subprocess.Popen[bytes]"], cases: int, *, seconds: float = 600) -> "Timed":
        """Let the senders go, until the ledger holds all."""
        for sender in senders:
            assert sender.stdout
            line = sender.stdout.readline()
            if line.strip() != b"ready":
                sender.wait(10)
                self.check()
                raise AssertionError(line)
        last = str(self._asks("SELECT coalesce(max(id), '') FROM notifications"))
        used, began = self._used(), time.monotonic()
        for sender in senders:
            assert sender.stdin
            sender.stdin.write(b"go\n")
            sender.stdin.flush()
        wanted = cases * REFERRALS_PER_CASE

        def arrived() -> bool:
            self.check()
            return self.noted(last) >= wanted

        wait_until(arrived, seconds=seconds, what=f"{wanted} new rows in the ledger (now {self.noted(last)})", every=0.1)
        took = time.monotonic() - began
        spent = {name: now - used[name] for name, now in self._used().items()}
        if self.noted(last) != wanted:
            raise AssertionError(f"{self.noted(last)} rows instead of {wanted}")
        return Timed(cases, took, spent)

    def _used(self) -> dict[str, float]:
        """Seconds of the processor by part, since each began."""
        used = {name: processor_seconds(pids) for name, pids in self._parts.items()}
        return used | {name: processor_seconds([pid]) for name, pid in self._servers.items()}

    def end(self) -> None:
        """End all that was started here, by its id."""
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


Start = Callable[[Place], Sequence["subprocess.Popen[bytes]"]]


def dsn_of(url: str) -> str:
    """psycopg2's own way to write an address."""
    return url.replace("postgresql+psycopg2://", "postgresql://")


def _clean() -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VENTANILLA_")},
        "PYTHONWARNINGS": "ignore",
    }
