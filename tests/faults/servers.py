"""A RabbitMQ and a PostgreSQL of one fault stage's own, which may be killed and started again as they were."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from tests import servers
from tests.containers import Container
from tests.servers import PostgreSQL, RabbitMQ, wait_until

START_SECONDS = 240
CONTROL_SECONDS = 240


class Server(Protocol):
    """A server that can be killed and started again as it was; ``end`` is for good."""

    def kill(self) -> None:
        """As when its machine loses power: no handler runs, nothing is written any more."""

    def start(self) -> None:
        """Again, on the same data."""

    @property
    def alive(self) -> bool:
        """Whether what was started last still runs."""

    def end(self) -> None: ...

    def control(self, *words: str) -> None:
        """A command of RabbitMQ's own ``rabbitmqctl``."""


class Contained:
    """One in a container."""

    alive = True  # Docker starts it at once or not at all

    def __init__(self, container: Container) -> None:
        self.kill, self.start, self.end = container.kill, container.again, container.stop
        self.control = partial(container.execute, "rabbitmqctl")


class Process:
    """One as a process: what it was started with is read from the system, so that it can be started again."""

    def __init__(self, pid: int, stop: Callable[[], None], *, leads_a_group: bool) -> None:
        self._pid = pid
        self._stop = stop
        self._group = leads_a_group
        proc = Path(f"/proc/{self._pid}")
        self._command = (proc / "cmdline").read_bytes().decode().rstrip("\0").split("\0")
        self._environment = dict(
            part.split("=", 1) for part in (proc / "environ").read_bytes().decode().split("\0") if "=" in part
        )
        self._cwd = str((proc / "cwd").readlink())
        owner = (proc / "status").read_text().split("Uid:")[1].split()[0]
        self._uid = int(owner)
        self._again: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        tell = os.killpg if self._group else os.kill
        tell(self._pid, signal.SIGKILL)
        if self._again is not None:
            self._again.wait(10)
        else:
            os.waitpid(self._pid, 0)

    def start(self) -> None:
        """With the same command, environment, folder and owner."""
        owner = {"user": self._uid} if self._uid != os.geteuid() else {}
        self._again = subprocess.Popen(  # type: ignore[call-overload] - the owner is only there for root
            self._command, env=self._environment, cwd=self._cwd, start_new_session=self._group,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner,
        )
        self._pid = self._again.pid

    @property
    def alive(self) -> bool:
        return self._again is None or self._again.poll() is None

    def end(self) -> None:
        if self._again is not None and self._again.poll() is None:
            self.kill()
        self._stop()

    def control(self, *words: str) -> None:
        """Debian's own ``rabbitmqctl`` changes the user; the one beside the server does not."""
        environment = {
            name: value for name, value in self._environment.items() if name != "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"
        }
        program = Path(self._command[-1]).with_name("rabbitmqctl")
        subprocess.run(
            [str(program), "-n", environment["RABBITMQ_NODENAME"], *words],
            check=True, capture_output=True, timeout=CONTROL_SECONDS, env=environment,
        )


def _server(facts: dict[str, object], stop: Callable[[], None], *, leads_a_group: bool) -> Server:
    if "container" in facts:
        return Contained(Container(str(facts["container"])))
    return Process(int(str(facts["server"])), stop, leads_a_group=leads_a_group)


class OwnBroker:
    """The stage's RabbitMQ."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        with _said_in(folder / "server.log"):
            facts, stop = servers._start_rabbitmq(folder)
        self.server = _server(facts, stop, leads_a_group=True)
        self.port = int(str(facts["port"]))
        self.reach = RabbitMQ(folder, self.port, int(str(facts["management_port"])))

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        """Until it answers again."""
        self.server.start()
        wait_until(self._answers, seconds=START_SECONDS, what="the killed RabbitMQ to come back", every=0.25)

    def set_memory_limit(self, fraction: float) -> None:
        """A fraction of nearly nothing raises the memory alarm: publishers are blocked."""
        self.server.control("set_vm_memory_high_watermark", f"{fraction:f}")

    def _answers(self) -> bool:
        try:
            self.reach.call("GET", "/api/overview")
        except OSError:
            return False
        return True


class OwnData:
    """The stage's PostgreSQL."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        with _said_in(folder / "server.log"):
            facts, stop = servers._start_postgresql(folder)
        self.server = _server(facts, stop, leads_a_group=False)
        self.port = int(str(facts["port"]))
        self.reach = PostgreSQL(Path(str(facts["folder"])), self.port)

    def kill(self) -> None:
        self.server.kill()

    def start(self) -> None:
        """Until it answers again. What it left of itself may refuse the first attempts."""
        self.server.start()
        wait_until(self._answers, seconds=START_SECONDS, what="the killed PostgreSQL to come back", every=0.25)

    def _answers(self) -> bool:
        import psycopg2

        if not self.server.alive:
            self.server.start()
        try:
            self.reach.execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True


@contextmanager
def _said_in(file: Path) -> Iterator[None]:
    """What processes that are started here say goes into a file, for as long as they live."""
    kept = [os.dup(number) for number in (1, 2)]
    with file.open("ab") as log:
        for number in (1, 2):
            os.dup2(log.fileno(), number)
    try:
        yield
    finally:
        for number, before in zip((1, 2), kept, strict=True):
            os.dup2(before, number)
            os.close(before)


def own_folder() -> Path:
    """Where a stage's servers live."""
    return Path(tempfile.mkdtemp(prefix="ventanilla-faults-"))
