"""The ``ventanilla`` command inside the test's own process: the same code from the typed words on, without a start."""

import contextlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from services.console.commands import run_command


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit status."""

    status: int
    text: str


def console(*words: str) -> Said:
    """Runs a command that ends by itself."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), _typed(words):
        try:
            status: object = run_command()
        except SystemExit as ended:
            status = ended.code
    return Said(status if isinstance(status, int) else 0, out.getvalue())


def done(*words: str) -> str:
    """Runs a command that must succeed; what it printed."""
    said = console(*words)
    assert said.status == 0, said.text
    return said.text


@contextlib.contextmanager
def _typed(words: tuple[str, ...]) -> Iterator[None]:
    before = sys.argv
    sys.argv = ["ventanilla", *words]
    try:
        yield
    finally:
        sys.argv = before
