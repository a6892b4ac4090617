"""The running network: embedded in one process, or as docker-compose.yml describes it, on RabbitMQ and PostgreSQL."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from services.console.demo_network import FIRST_WINDOW, HUB, NOTIFICATIONS
from shared.vocabulary.windows import WINDOWS
from tests.drivers.desk import Desk
from tests.drivers.http import Caller
from tests.drivers.hub import Hub
from tests.drivers.mailbox import Mailbox
from tests.drivers.processes import Running
from tests.drivers.supervisor import Supervisor
from tests.drivers.window import Window
from tests.servers import HIGHEST_PORT, LOWEST_PORT, free_port, is_free

NODE = "sv"


class Network(Protocol):
    """What a story needs of the network, however it runs."""

    def start(self) -> None:
        """Everything; goes on where it ended."""

    def stop(self) -> None:
        """Everything, with grace."""

    def kill(self) -> None:
        """Every service of ours at once, as when the power goes."""

    def window(self, name: str) -> Window: ...

    def supervisor(self, name: str) -> Supervisor: ...

    def desk(self, institution: str) -> Desk: ...

    def hub(self) -> Hub: ...

    def mailbox(self) -> Mailbox: ...

    def folders(self) -> Sequence[Path]:
        """Where anything may have been written: databases, brokers, logs, mail."""


class Embedded:
    """``ventanilla demo`` in a child process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = free_base()
        self._running: Running | None = None

    @property
    def process(self) -> Running:
        assert self._running is not None, "the network was not started"
        return self._running

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self, *options: str) -> None:
        command = ("demo", "--data-dir", str(self.data), "--port-base", str(self.base), *options)
        self._running = Running(command, self.folder / "demo.out")
        self._running.says("ventanilla: ready")

    def stop(self) -> None:
        self.process.interrupt()

    def kill(self) -> None:
        self.process.kill()

    def window(self, name: str) -> Window:
        port = FIRST_WINDOW + list(WINDOWS[NODE]).index(name)
        return Window(name, self._caller(port, f"staff@{name}"))

    def supervisor(self, name: str) -> Supervisor:
        port = FIRST_WINDOW + list(WINDOWS[NODE]).index(name)
        return Supervisor(name, self._caller(port, f"supervisor@{name}"))

    def desk(self, institution: str) -> Desk:
        return Desk(institution, self._caller(HUB, f"officer@{institution}"))

    def hub(self) -> Hub:
        return Hub(NODE, self._caller(HUB, f"coordinator@{NODE}"))

    def mailbox(self) -> Mailbox:
        return Mailbox(Caller(self.url(NOTIFICATIONS)))

    def folders(self) -> Sequence[Path]:
        return [self.folder]

    def url(self, offset: int) -> str:
        return f"http://127.0.0.1:{self.base + offset}"

    def total_of(self, offset: int) -> int:
        """How many cases the window at this port has."""
        name = {1: "la-union", 2: "la-hachadura", 11: "tecun-uman", 21: "tapachula"}[offset]
        return int(self._caller(offset, f"staff@{name}").get("/cases", page_size=1)["total"])

    def _caller(self, offset: int, user: str) -> Caller:
        tokens = json.loads((self.data / "tokens.json").read_text())
        return Caller(self.url(offset), tokens[user])


def free_base() -> int:
    """A port base whose ports are all free."""
    wanted = [FIRST_WINDOW + 1, *(place + node for node in (0, 10, 20) for place in (FIRST_WINDOW, HUB, NOTIFICATIONS))]
    while True:
        base = free_port()
        if LOWEST_PORT <= base < HIGHEST_PORT and all(is_free(base + offset) for offset in wanted):
            return base
