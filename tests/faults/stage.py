"""The whole network as processes, each behind proxies of its own towards broker and database."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import requests

from shared.messaging.broker import Broker
from shared.messaging.topology import declare
from tests.drivers import compose
from tests.drivers.deployed import WINDOWS, Deployed
from tests.drivers.network import NODE
from tests.faults.disk import SmallDisk
from tests.faults.proxy import Mode, Proxy
from tests.faults.servers import OwnBroker, OwnData
from tests.servers import PostgreSQL, RabbitMQ, wait_until

SERVICES = ("referrals", "notifications", *WINDOWS)
HASTE = {"VENTANILLA_RESEND_AFTER": "2", "VENTANILLA_LOG_LEVEL": "INFO"}
"""Settings of the stage: what was not received is sent again after two seconds instead of a minute."""


WITH_SMALL_DISK = "la-hachadura"
"""The window whose disk can be filled, where we may mount one."""


class Stage(Deployed):
    """The network of docker-compose.yml on servers of its own, with everything between them in our hands."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.broker = OwnBroker(folder / "rabbitmq")
        self.data = OwnData(folder / "postgresql")
        self.to_broker = {name: Proxy(self.broker.port) for name in SERVICES}
        self.to_data = Proxy(self.data.port)
        self.environment: dict[str, dict[str, str]] = {name: dict(HASTE) for name in SERVICES}
        (folder / "services").mkdir()
        window = folder / "services" / "volumes" / WITH_SMALL_DISK
        window.mkdir(parents=True)
        self.small_disk = SmallDisk.on(window)
        reach = self.broker.reach
        super().__init__(
            folder / "services",
            RabbitMQ(reach.folder, self.broker.port, int(reach.management_url.rpartition(":")[2])),
            PostgreSQL(self.data.reach.folder, self.to_data.port),
        )

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
    def vhost_uri(self) -> str:
        """The broker as its administrator reaches it, past the proxies."""
        return self.broker.reach.uri(self._name, self._name, self._name)

    @property
    def mails(self) -> Path:
        """What the mail server took."""
        return self.folder / "mail" / "mails.jsonl"

    def log(self, name: str) -> str:
        """All that a service ever said."""
        return (self.folder / f"{name}.out").read_text(errors="replace")

    def _begin(self, name: str, **changed: str) -> None:
        """``changed`` stands for this life of the service only."""
        super()._begin(name, **{**self.environment[name], **changed})

    def alive(self, name: str) -> bool:
        """Whether its process runs."""
        running = self._running.get(name)
        return running is not None and running._process.poll() is None

    def kill_one(self, name: str) -> None:
        """``kill -9`` of one service."""
        self._running[name].kill()

    def ended(self, name: str, seconds: float) -> int:
        """The status with which a service ends by itself."""
        return self._running[name].ended(seconds)

    def heal(self) -> None:
        """Everything works, everybody runs."""
        self.to_data.become(Mode.OPEN)
        for proxy in self.to_broker.values():
            proxy.become(Mode.OPEN)
        self.begin_all({name: {} for name in SERVICES if not self.alive(name)})

    def begin_all(self, lives: Mapping[str, Mapping[str, str]]) -> None:
        """These services, with these settings for this life of each. One that dies at once is left to die."""
        for name, changed in lives.items():
            self._begin(name, **changed)
        for name in lives:
            wait_until(
                lambda name=name: not self.alive(name) or self._answers(name), seconds=240, what=f"{name} to answer"
            )

    def _answers(self, name: str) -> bool:
        try:
            return requests.get(f"{self.url(name)}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

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
        vhost = quote(self._name, safe="")
        return replace(placed, places={**placed.places, "@rabbitmq:5671/": f"@127.0.0.1:{proxy.port}/{vhost}"})
