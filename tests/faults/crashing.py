"""Every named crash point of every service: die there once, start again, and nothing is lost or done twice."""

import time
from collections.abc import Iterator, Mapping
from itertools import zip_longest

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
CRASHING = (WINDOWS[0], "referrals", "notifications")
SECONDS = 300.0
"""How long the load goes on before a point that was not passed is a finding."""

Round = Mapping[str, CrashPoint]


def points_of(name: str) -> list[CrashPoint]:
    """The points that a service passes. Dead letters are made at the hub, where windows write."""
    not_here = set() if name == "notifications" else set(OF_PEOPLE)
    if name != "referrals":
        not_here.add(CrashPoint.AFTER_DEAD_LETTER)
    return [point for point in CrashPoint if point not in not_here]


def rounds() -> list[Round]:
    """One point for each service at a time, so that they die beside each other; 36 deaths in 13 rounds."""
    columns = zip_longest(*(points_of(name) for name in CRASHING))
    return [{name: point for name, point in zip(CRASHING, row, strict=True) if point is not None} for row in columns]


def crash_everywhere(stage: Stage, journal: Journal, *, seed: int, say: Say) -> Iterator[Verdict]:
    """All of them in turn, each round judged by itself."""
    for number, deaths in enumerate(rounds()):
        yield crash_at(stage, journal, deaths, seed=seed * 1000 + number, say=say)


def crash_at(stage: Stage, journal: Journal, deaths: Round, *, seed: int, say: Say) -> Verdict:
    """Load until each of these has died at its point; then draining, judging."""
    generator, alive = die_at(stage, journal, deaths, seed=seed, say=say)
    verdict = judge(stage, journal, generator, lambda _text: None)
    verdict.findings.extend(alive)
    return verdict


def die_at(stage: Stage, journal: Journal, deaths: Round, *, seed: int, say: Say) -> tuple[Generator, list[Finding]]:
    """Load until each of these has died at its point, and a new life for it at once; who made the load, and who did not die."""
    for name in deaths:
        stage.kill_one(name)
    stage.begin_all({name: {"VENTANILLA_CRASH_AT": f"{point}:2"} for name, point in deaths.items()})
    generator = Generator(stage, journal, seed=seed)
    generator.start()
    statuses = _deaths(stage, journal, deaths)
    generator.stop()
    say(f"died: {', '.join(f'{name} {point}' for name, point in deaths.items())}")
    return generator, [
        Finding("crash point", f"{name} did not die {point} (status {statuses.get(name)})")
        for name, point in deaths.items()
        if statuses.get(name) != STATUS
    ]


def _deaths(stage: Stage, journal: Journal, deaths: Round) -> dict[str, int]:
    """The status with which each ended; each is started again, unarmed, so that the others have somebody to talk to."""
    statuses: dict[str, int] = {}
    poison = Poison(stage, journal)
    deadline = time.monotonic() + SECONDS
    while len(statuses) < len(deaths) and time.monotonic() < deadline:
        if CrashPoint.AFTER_DEAD_LETTER in set(deaths.values()) and not statuses.keys() & {"referrals"}:
            poison.garbage()
        for name in deaths.keys() - statuses.keys():
            if not stage.alive(name):
                statuses[name] = stage.ended(name, 1)
                stage.begin_all({name: {}})
        time.sleep(0.2)
    return statuses
