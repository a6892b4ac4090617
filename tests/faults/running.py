"""One run of the fault stage: load and faults for a while, then healing, draining, judging."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import TryAgain
from tests.faults.checker import Finding, check
from tests.faults.generator import Generator
from tests.faults.journal import Journal
from tests.faults.nemesis import Nemesis
from tests.faults.reading import hub_versions, open_rows, read_everything
from tests.faults.stage import Stage

DRAIN_SECONDS = 240.0
"""How long draining may take after the last fault; a destination that was silent for long is asked again late."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Verdict:
    """What a run found, and what it was made of."""

    findings: list[Finding]
    counts: dict[str, int]
    faults: int
    drained_in: float

    def __str__(self) -> str:
        told = ", ".join(f"{times} × {name}" for name, times in self.counts.items())
        head = f"{self.faults} faults; {told}; drained in {self.drained_in:.1f} s; {len(self.findings)} findings"
        return "\n".join([head, *(f"  {finding}" for finding in self.findings[:40])])


def rage(stage: Stage, journal: Journal, *, seed: int, seconds: float, say: Say, rate: float = 6.0) -> Verdict:
    """Load and random faults for ``seconds``."""
    stop = threading.Event()
    generator, nemesis = Generator(stage, journal, seed=seed, rate=rate), Nemesis(stage, journal, seed=seed)
    timer = threading.Timer(seconds, stop.set)
    watcher = threading.Thread(target=watch, args=(stage, journal, stop), daemon=True)
    generator.start()
    watcher.start()
    timer.start()
    try:
        nemesis.rages(stop, say)
    finally:
        timer.cancel()
        generator.stop()
    watcher.join()
    return judge(stage, journal, generator, say)


def judge(stage: Stage, journal: Journal, generator: Generator, say: Say) -> Verdict:
    """Heal, drain, read, check."""
    stage.heal()
    generator.ask_again()
    took = drain(stage)
    say(f"drained in {took:.1f} s")
    findings = check(journal, read_everything(stage, journal))
    return Verdict(findings, journal.counts(), len(journal.faults), took)


def drain(stage: Stage, seconds: float = DRAIN_SECONDS) -> float:
    """Wait until nothing is on its way any more, or until patience ends; how long it took. The checker says what is left."""
    began = time.monotonic()
    quiet = 0
    while quiet < 3 and time.monotonic() - began < seconds:
        try:
            quiet = 0 if open_rows(stage) else quiet + 1
        except TryAgain:
            quiet = 0
        time.sleep(0.5)
    return time.monotonic() - began


def watch(stage: Stage, journal: Journal, stop: threading.Event) -> None:
    """Look at the hub's versions while everything happens: none may fall."""
    while not stop.wait(1.0):
        try:
            seen = hub_versions(stage)
        except TryAgain:
            continue  # the database is one of the things that are broken on purpose
        for case_id, version in seen.items():
            journal.saw(case_id, version)
