"""Every named crash point of every service: die there once, start again, and nothing is lost or done twice."""

from collections.abc import Iterator
from subprocess import TimeoutExpired

from shared.crash import STATUS, CrashPoint
from tests.drivers.deployed import WINDOWS
from tests.faults.checker import Finding
from tests.faults.generator import Generator
from tests.faults.journal import Journal
from tests.faults.poison import Poison
from tests.faults.running import Say, Verdict, judge
from tests.faults.stage import Stage

OF_PEOPLE = frozenset({CrashPoint.AFTER_CLAIM, CrashPoint.AFTER_SEND})
"""Passed by notifications alone."""
SECONDS = 60.0
"""How long the load goes on before a point that was not passed is a finding."""


def places() -> list[tuple[str, CrashPoint]]:
    """Each service with each point that it passes. Dead letters are made at the hub, where windows write."""
    found = []
    for name in (WINDOWS[0], "referrals", "notifications"):
        for point in CrashPoint:
            if point in OF_PEOPLE and name != "notifications":
                continue
            if point is CrashPoint.AFTER_DEAD_LETTER and name != "referrals":
                continue
            found.append((name, point))
    return found


def crash_everywhere(stage: Stage, journal: Journal, *, seed: int, say: Say) -> Iterator[Verdict]:
    """All of them in turn, each judged by itself."""
    for number, (name, point) in enumerate(places()):
        yield crash_at(stage, journal, name, point, seed=seed * 1000 + number, say=say)


def crash_at(stage: Stage, journal: Journal, name: str, point: CrashPoint, *, seed: int, say: Say) -> Verdict:
    """Load until the service dies at that point, then a new life for it, draining, judging."""
    stage.kill_one(name)
    stage.run(name, VENTANILLA_CRASH_AT=f"{point}:2")
    generator = Generator(stage, journal, seed=seed)
    poison = Poison(stage, journal)
    if point is CrashPoint.AFTER_DEAD_LETTER:
        poison.garbage()
        poison.forged()
    generator.start()
    try:
        status = stage.ended(name, SECONDS)
    except TimeoutExpired:
        status = 0
    generator.stop()
    verdict = judge(stage, journal, generator, lambda _text: None)
    if status != STATUS:
        verdict.findings.append(Finding("crash point", f"{name} did not pass {point} (status {status})"))
    say(f"{name} died {point}: {verdict}")
    return verdict
