"""The whole network as processes, each behind proxies of its own towards broker and database."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import requests

from shared.messaging.broker import Broker
from shared.messaging.topology import declare
from tests.drivers import compose
from tests.drivers.deployed import WINDOWS, Deployed
from tests.drivers.network import NODE
from tests.drivers.processes import Running
from tests.faults import entry
from tests.faults.disk import SmallDisk
from tests.faults.proxy import Mode, Proxy
from tests.faults.servers import OwnBroker, OwnData
from tests.servers import PostgreSQL, RabbitMQ, free_port, wait_until

SERVICES = ("referrals", "notifications", *WINDOWS)
HASTE = {"VENTANILLA_RESEND_AFTER": "2", "VENTANILLA_LOG_LEVEL": "INFO"}
"""Settings of the stage: what was not received is sent again after two seconds instead of a minute."""
WITH_SMALL_DISK = "la-hachadura"
"""The window whose disk can be filled, where we may mount one."""
START_SECONDS = 240
IMPORT_SECONDS = 1800


class Stage(Deployed):
    """The network of docker-compose.yml on servers of its own, with everything between them in our hands."""

    entry = entry.__name__

    def __init__(self, folder: Path) -> None:
        self.home = folder
        with ExitStack() as half_way:
            self.broker = OwnBroker(folder / "rabbitmq")
            half_way.callback(self.broker.server.end)
            self.data = OwnData(folder / "postgresql")
            half_way.callback(self.data.server.end)
            self._build(folder / "services")
            half_way.pop_all()

    def _build(self, folder: Path) -> None:
        self.to_broker = {name: Proxy(self.broker.port) for name in SERVICES}
        self.to_data = Proxy(self.data.port)
        for place in (folder / "clocks", folder / "volumes" / WITH_SMALL_DISK):
            place.mkdir(parents=True)
        self.small_disk = SmallDisk.on(folder / "volumes" / WITH_SMALL_DISK)
        self.environment = {name: {**HASTE, entry.FILE: str(folder / "clocks" / name)} for name in SERVICES}
        self._expected: set[str] = set()
        self.broken: list[str] = []
        reach = self.broker.reach
        super().__init__(
            folder,
            RabbitMQ(reach.folder, self.broker.port, int(reach.management_url.rpartition(":")[2])),
            PostgreSQL(self.data.reach.folder, self.to_data.port),
        )
        for name in SERVICES:
            self.turn_clock(name, timedelta())

    @property
    def database_urls(self) -> dict[str, str]:
        """Each service's database, past the proxy."""
        found = {name: f"sqlite:///{self.folder}/volumes/{name}/intake.sqlite" for name in WINDOWS}
        for name in ("referrals", "notifications"):
            found[name] = self.data.reach.url(f"{self._name}-{name}")
        return found

    @property
    def keys(self) -> Path:
        """The folder of all key stores."""
        return self.folder / "volumes" / "keys"

    @property
    def vhost(self) -> str:
        """The broker's part that is ours, as its management API writes it."""
        return quote(self._name, safe="")

    @property
    def vhost_uri(self) -> str:
        """The broker as its administrator reaches it, past the proxies."""
        return self.broker.reach.uri(self._name, self._name, self._name)

    @property
    def mails(self) -> Path:
        """What the mail server took."""
        return self.folder / "mail" / "mails.jsonl"

    def log(self, name: str) -> Path:
        """Where all that a service ever said stands."""
        return self.folder / f"{name}.out"

    def turn_clock(self, name: str, by: timedelta) -> None:
        """From now on this service's clock is wrong by so much, whether it runs or not."""
        file = Path(self.environment[name][entry.FILE])
        half = file.with_suffix(".new")
        half.write_text(str(by.total_seconds()))
        half.replace(file)

    def start(self) -> None:
        """The whole file; the first time with its set-up steps and users."""
        super().start()
        self._expected = set(SERVICES)

    def _begin(self, name: str, **changed: str) -> None:
        """``changed`` stands for this life of the service only."""
        assert not self.alive(name), f"{name} runs already"
        super()._begin(name, **{**self.environment[name], **changed})

    def alive(self, name: str) -> bool:
        """Whether its process runs."""
        running = self._running.get(name)
        return running is not None and running._process.poll() is None

    def kill_one(self, name: str) -> None:
        """``kill -9`` of one service."""
        self._expected.discard(name)
        self._running[name].kill()

    def stop_one(self, name: str) -> None:
        """One service ends in order."""
        self._expected.discard(name)
        self.end(name)

    def copies(self, name: str, into: Path) -> None:
        """``ventanilla backup`` of a service that runs."""
        self.console(name, "backup", "--config", self._services[name].arguments()[-1], "--into", str(into))

    def puts_back(self, name: str, copy: Path) -> None:
        """``ventanilla restore`` of one that does not."""
        self.console(name, "restore", "--config", self._services[name].arguments()[-1], "--from", str(copy))

    def gives_back(self, window: str) -> None:
        """``ventanilla windows rebuild``, as the runbook says after a window was put back."""
        self.console("referrals", "windows", "rebuild", window, "--config", self._services["referrals"].arguments()[-1])

    def settles_letters(self, word: str) -> None:
        """``ventanilla dead-letters replay all`` or ``discard all`` at the hub; its status 1 says that some took no effect."""
        arguments = ("dead-letters", word, "all", "--config", self._services["referrals"].arguments()[-1])
        running = Running(arguments, self.folder / f"{word}.out", self._services["referrals"].variables())
        assert running.ended(IMPORT_SECONDS) in {0, 1}, running.said()

    def doubles(self, window: str) -> str:
        """Copy the disk of a window that does not run into another machine with its name; what that one is called here."""
        twin, places = f"{window}-twin", self.folder / "volumes"
        service = compose.services(self._variables())[window]
        for volume in service.volumes.values():
            shutil.copytree(places / volume, places / twin / volume)
        self._ports[twin] = free_port()
        self.to_broker[twin] = Proxy(self.broker.port)
        self.environment[twin] = {**HASTE, entry.FILE: str(self.folder / "clocks" / twin)}
        self.turn_clock(twin, timedelta())
        self._tokens[f"staff@{twin}"] = self._tokens[f"staff@{window}"]
        volumes = {target: f"{twin}/{volume}" for target, volume in service.volumes.items()}
        self._services[twin] = self._placed(replace(service, name=twin, volumes=volumes))
        return twin

    def ended(self, name: str, seconds: float) -> int:
        """The status with which a service ends by itself, as it was told to."""
        self._expected.discard(name)
        return self._running[name].ended(seconds)

    def begin_all(self, lives: Mapping[str, Mapping[str, str]]) -> None:
        """These services, with these settings for this life of each. One that dies at once is left to die."""
        for name, changed in lives.items():
            self._begin(name, **changed)
        for name in lives:
            wait_until(
                lambda name=name: not self.alive(name) or self._answers(name),
                seconds=START_SECONDS,
                what=f"{name} to answer",
            )
            if self.alive(name):
                self._expected.add(name)

    def begin_the_dead(self) -> None:
        """Start whoever does not run, as Docker does; who once ran and was not killed has failed, and is noted."""
        dead = [name for name in SERVICES if not self.alive(name)]
        for name in self._expected.intersection(dead):
            self.broken.append(f"{name} ended by itself with {self._running[name].ended(1)}")
            self._expected.discard(name)
        self.begin_all({name: {} for name in dead})

    def heal(self) -> None:
        """Everything works, everybody runs."""
        self.to_data.become(Mode.OPEN)
        for name in SERVICES:
            self.to_broker[name].become(Mode.OPEN)
            self.turn_clock(name, timedelta())
        self.begin_the_dead()

    def _answers(self, name: str) -> bool:
        try:
            return requests.get(f"{self.url(name)}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def imports(self, name: str, file: Path, *, clock: timedelta) -> None:
        """``ventanilla import`` beside the running window, on the day that ``clock`` says."""
        service, wrong = self._services[name], self.folder / "clocks" / "import"
        wrong.write_text(str(clock.total_seconds()))
        environment = {**service.variables(), **self.environment[name], entry.FILE: str(wrong)}
        words = ("import", str(file), "--config", service.arguments()[-1])
        running = Running(words, file.with_suffix(".out"), environment, entry=self.entry)
        assert running.ended(IMPORT_SECONDS) == 0, running.said()

    def declare_again(self) -> None:
        """What ``ventanilla topology apply`` makes: queues and bindings that are missing."""
        declare(Broker(self.vhost_uri, False), NODE, WINDOWS)

    def clear(self, *, keep: bool = False) -> None:
        """Nothing of the stage stays; ``keep`` leaves its folder to be looked at."""
        self.kill()
        if self._sink is not None:
            self._sink.stop()
        for proxy in [*self.to_broker.values(), self.to_data]:
            proxy.close()
        self.broker.server.end()
        self.data.server.end()
        if self.small_disk is not None:
            if keep:
                self.small_disk.copy_to(self.folder / f"{WITH_SMALL_DISK}-disk")
            self.small_disk.unmount()
        if not keep:
            shutil.rmtree(self.home, ignore_errors=True)

    def _placed(self, service: compose.Service) -> compose.Service:
        placed = super()._placed(service)
        proxy = self.to_broker.get(service.name)
        if proxy is None:
            return placed
        return replace(placed, places={**placed.places, "@rabbitmq:5671/": f"@127.0.0.1:{proxy.port}/{self.vhost}"})


class Ear:
    """Listens whether any of some services says this in its log from now on."""

    def __init__(self, stage: Stage, words: str, names: Sequence[str] = SERVICES) -> None:
        self._words = words.encode()
        self._from = {stage.log(name): stage.log(name).stat().st_size for name in names}

    def hears(self) -> bool:
        """Whether it was said since."""
        return any(self._words in _said_since(log, at) for log, at in self._from.items())


def _said_since(log: Path, at: int) -> bytes:
    with log.open("rb") as file:
        file.seek(at)
        return file.read()
