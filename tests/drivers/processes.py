"""The network's processes: started with the very command a user types, ended by their ids."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import requests

from tests.servers import wait_until

ROOT = Path(__file__).resolve().parents[2]


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of ours, and what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VENTANILLA_")}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore", **(extra or {})}


CONSOLE = "services.console.main"


def command(*arguments: str, entry: str = CONSOLE) -> list[str]:
    """A ``ventanilla`` command for this very interpreter; ``entry`` is a test's own way into it."""
    return [sys.executable, "-m", entry, *arguments]


def ventanilla(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Runs a command to its end; what it printed. A failure shows all that it said."""
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=clean_environment(environment), capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        message = f"ventanilla {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        raise AssertionError(message)
    return done.stdout


class Running:
    """One process that runs until it is told to stop; what it says is kept in a file."""

    def __init__(
        self, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, *, entry: str = CONSOLE
    ) -> None:
        self.log = log
        self._file = log.open("ab")
        self._begins_at = log.stat().st_size
        self._process = subprocess.Popen(
            command(*arguments, entry=entry), cwd=ROOT, env=clean_environment(environment), stdin=subprocess.DEVNULL,
            stdout=self._file, stderr=subprocess.STDOUT,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> str:
        """All that it said since it was started."""
        with self.log.open("rb") as file:
            file.seek(self._begins_at)
            return file.read().decode(errors="replace")

    def says(self, line: str, seconds: float = 240) -> None:
        """Waits until it says this."""
        self._wait(lambda: line in self.said(), seconds, f"{line!r}")

    def answers(self, url: str, seconds: float = 240) -> None:
        """Waits until this address answers."""
        self._wait(lambda: _answers(url), seconds, url)

    def _wait(self, so: "object", seconds: float, what: str) -> None:
        def ready() -> bool:
            if self._process.poll() is not None:
                message = f"ended with {self._process.returncode} before {what}:\n{self.said()[-4000:]}"
                raise AssertionError(message)
            return so()  # type: ignore[operator]

        try:
            wait_until(ready, seconds=seconds, what=what)
        except TimeoutError as late:
            raise AssertionError(f"{late}\n{self.said()[-4000:]}") from late

    def interrupt(self, seconds: float = 10) -> int:
        """Ctrl-C; the status that it ended with."""
        return self._end(signal.SIGINT, seconds)

    def stop(self, seconds: float = 10) -> int:
        return self._end(signal.SIGTERM, seconds)

    def kill(self) -> None:
        """The power goes: no handler runs."""
        self._end(signal.SIGKILL, 10)

    def ended(self, seconds: float = 30) -> int:
        """The status with which it ends by itself."""
        return self._process.wait(seconds)

    def _end(self, by: int, seconds: float) -> int:
        if self._process.poll() is None:
            self._process.send_signal(by)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired as late:
            self._process.kill()
            self._process.wait()
            message = f"did not end within {seconds:g} s:\n{self.said()[-2000:]}"
            raise AssertionError(message) from late
        finally:
            self._file.close()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False
