"""One run of the fault stage: load and faults for a while, then healing, draining, judging."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from shared.errors import TryAgain
from tests.faults.checker import Finding, check
from tests.faults.generator import Generator
from tests.faults.journal import Journal
from tests.faults.nemesis import Nemesis
from tests.faults.reading import hub_versions, open_rows, read_everything
from tests.faults.stage import Stage

PATIENCE = 420.0
"""Seconds without any progress after which draining has failed; leases of who died end after minutes."""

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


def rage(stage: Stage, journal: Journal, *, seed: int, say: Say, seconds: float = math.inf, rounds: int | None = None) -> Verdict:
    """Load and random faults, for so long or for so many rounds of every kind."""
    stop = threading.Event()
    generator, nemesis = Generator(stage, journal, seed=seed), Nemesis(stage, journal, seed=seed)
    timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), stop.set)
    timer.daemon = True
    watcher = threading.Thread(target=watch, args=(stage, journal, stop), daemon=True)
    generator.start()
    watcher.start()
    timer.start()
    try:
        nemesis.rages(stop, say, rounds=rounds)
    finally:
        stop.set()
        timer.cancel()
        generator.stop()
    watcher.join()
    return judge(stage, journal, generator, say)


def judge(stage: Stage, journal: Journal, generator: Generator, say: Say) -> Verdict:
    """Heal, drain, read, check."""
    stage.heal()
    generator.ask_again()
    took = drain(stage, journal)
    say(f"drained in {took:.1f} s")
    journal.ended = list(stage.broken)
    findings = check(journal, read_everything(stage, journal))
    return Verdict(findings, journal.counts(), len(journal.faults), took)


def drain(stage: Stage, journal: Journal) -> float:
    """Wait until nothing is on its way any more, or nothing moves; how long it took. The checker says what is left."""
    lately: deque[bool] = deque([False], maxlen=3)

    def look() -> tuple[object, bool]:
        left = open_rows(stage, journal)
        lately.append(not left)
        return left, len(lately) == 3 and all(lately)

    return while_it_moves(look)


def while_it_moves(look: Callable[[], tuple[object, bool]]) -> float:
    """Look until it says that it is over, or what it sees has not changed for too long; how long that took."""
    began = moved = time.monotonic()
    before: object = None
    while time.monotonic() - moved < PATIENCE:
        seen, is_over = look()
        if is_over:
            break
        if seen != before:
            moved, before = time.monotonic(), seen
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
