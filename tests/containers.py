"""The same servers from Docker, for a machine where they are neither installed nor may be."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.packages import MissingProgram


@dataclass(frozen=True)
class Image:
    """An image, the ports that it listens on, and where it keeps its data."""

    name: str
    ports: Sequence[int]
    data: str
    environment: Mapping[str, str] = field(default_factory=dict)


RABBITMQ = Image("rabbitmq:3.13-management", (5672, 15672), "/var/lib/rabbitmq")
POSTGRESQL = Image("postgres:15", (5432,), "/var/lib/postgresql/data", {"POSTGRES_HOST_AUTH_METHOD": "trust"})


def has_docker() -> bool:
    """Whether there is a Docker that answers."""
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Container:
    """One that runs, by its id."""

    id: str

    def stop(self) -> None:
        """For good."""
        _docker("stop", "--time", "5", self.id)
        _docker("rm", "--force", "--volumes", self.id)

    def kill(self) -> None:
        """As when its machine loses power; ``again`` starts it on the same data."""
        _docker("kill", self.id)

    def again(self) -> None:
        """After ``kill``."""
        _docker("start", self.id)

    def execute(self, *words: str) -> None:
        """A command inside of it."""
        subprocess.run(["docker", "exec", self.id, *words], capture_output=True, check=True)


def start(image: Image, ports: Sequence[int], data: Path) -> Container:
    """Starts a container whose ports are these, on this machine alone."""
    data.mkdir(parents=True, exist_ok=True)
    words = ["docker", "run", "--detach", "--volume", f"{data}:{image.data}"]
    for ours, theirs in zip(ports, image.ports, strict=True):
        words += ["--publish", f"127.0.0.1:{ours}:{theirs}"]
    for name, value in image.environment.items():
        words += ["--env", f"{name}={value}"]
    begun = subprocess.run([*words, image.name], capture_output=True, text=True, check=False)
    if begun.returncode:
        said = begun.stderr.strip().splitlines()
        raise MissingProgram(f"Docker did not start {image.name}: {said[-1] if said else 'no reason given'}")
    return Container(begun.stdout.strip())


def _docker(*words: str) -> None:
    subprocess.run(["docker", *words], capture_output=True, check=False)
