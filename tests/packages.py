"""Gets the programs that the tests need: found, installed as root, or asked for in one sentence."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


class MissingProgram(Exception):
    """A program is not here and cannot be installed; the message says what to do."""


@dataclass(frozen=True)
class Program:
    """A program: where Debian puts it, and the package that brings it."""

    name: str
    package: str
    places: tuple[str, ...]

    def find(self) -> Path | None:
        """The newest of the places where it stands, or None."""
        found = [path for place in self.places for path in sorted(Path("/").glob(place.lstrip("/")))]
        return found[-1] if found else None


RABBITMQ = Program("RabbitMQ", "rabbitmq-server", ("/usr/lib/rabbitmq/bin/rabbitmq-server",))
POSTGRESQL = Program("PostgreSQL", "postgresql", ("/usr/lib/postgresql/*/bin/postgres",))
NGINX = Program("nginx", "nginx-light", ("/usr/sbin/nginx",))
CHROMIUM = Program("Chromium", "chromium", ("/usr/bin/google-chrome", "/usr/bin/chromium-browser", "/usr/bin/chromium"))

# Debian starts a service when its package is installed, unless this file says no (101: forbidden).
POLICY = Path("/usr/sbin/policy-rc.d")
LOCK = Path(tempfile.gettempdir()) / "ventanilla-packages.lock"


def find_or_install(program: Program) -> Path:
    """The path of a program; installs Debian's package when it is missing and this is root."""
    found = program.find()
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingProgram(
            f"The tests need {program.name}, and it is not installed. "
            f"Run `apt-get install {program.package}` as root, or run the tests as root on Debian.",
        )
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # all workers ask at once; apt lets one in and fails the others
        if not program.find():
            _install(program.package)
    found = program.find()
    if not found:
        raise MissingProgram(f"Debian's package {program.package} brought no {program.name} to {program.places[0]}.")
    return found


def _install(package: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", package]):
            done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
            if done.returncode and command[1] == "install":
                said = done.stderr.strip().splitlines()
                raise MissingProgram(f"`{' '.join(command)}` failed: {said[-1] if said else 'no reason given'}")
    finally:
        if ours:
            POLICY.unlink()
