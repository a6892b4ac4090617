"""The same servers from Docker, for a machine where they are neither installed nor may be."""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
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


def start(image: Image, ports: Sequence[int], data: Path) -> Callable[[], None]:
    """Starts a container whose ports are these, on this machine alone; gives what ends it."""
    data.mkdir(parents=True, exist_ok=True)
    words = ["docker", "run", "--detach", "--rm", "--volume", f"{data}:{image.data}"]
    for ours, theirs in zip(ports, image.ports, strict=True):
        words += ["--publish", f"127.0.0.1:{ours}:{theirs}"]
    for name, value in image.environment.items():
        words += ["--env", f"{name}={value}"]
    begun = subprocess.run([*words, image.name], capture_output=True, text=True, check=False)
    if begun.returncode:
        said = begun.stderr.strip().splitlines()
        raise MissingProgram(f"Docker did not start {image.name}: {said[-1] if said else 'no reason given'}")
    container = begun.stdout.strip()
    return lambda: _stop(container)


def _stop(container: str) -> None:
    subprocess.run(["docker", "stop", "--time", "5", container], capture_output=True, check=False)
