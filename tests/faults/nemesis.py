"""Who breaks things, one or two at a time, and mends them again; the same seed breaks the same things."""

import itertools
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.faults.journal import Fault, Journal, now
from tests.faults.stage import Ear, Stage
from tests.faults.troubles import Trouble, Troubles

COMPANY = 1 / 3
"""How often a fault has another beside it."""
PATIENCE = 240.0
"""Seconds until a fault that nobody has felt is a finding: a stage that breaks nothing proves nothing."""

Say = Callable[[str], None]


class Nemesis:
    """Picks by the seed; what it did stands in the journal."""

    def __init__(self, stage: Stage, journal: Journal, *, seed: int) -> None:
        self._stage = stage
        self._journal = journal
        self._rng = random.Random(f"nemesis/{seed}")
        self._troubles = Troubles(stage, journal, self._rng).all()

    def rages(self, stop: threading.Event, say: Say, *, rounds: int | None = None) -> None:
        """Every kind once in each round, until ``stop`` or the last round."""
        for _ in range(rounds) if rounds is not None else itertools.count():
            for step in self._round():
                if stop.is_set():
                    return
                self._does(step, stop, say)
                self._stage.begin_the_dead()
                stop.wait(self._rng.uniform(1, 4))

    def _round(self) -> Iterator[Sequence[Trouble]]:
        left = self._rng.sample(self._troubles, len(self._troubles))
        while left:
            first = left.pop()
            company = [one for one in left if one.may_meet(first)]
            if not company or self._rng.random() > COMPANY:
                yield [first]
                continue
            second = self._rng.choice(company)
            left.remove(second)
            yield [first, second]

    def _does(self, step: Sequence[Trouble], stop: threading.Event, say: Say) -> None:
        """The second begins while the first is there, and ends before it."""
        if not step:
            return
        with self._broken(step[0], say) as ear:
            self._does(step[1:], stop, say)
            self._stays(step[0], ear, stop)

    @contextmanager
    def _broken(self, trouble: Trouble, say: Say) -> Iterator[Ear | None]:
        ear = None if trouble.shows is None else Ear(self._stage, trouble.shows)
        began = now()
        chosen = trouble.breaks()
        say(f"{trouble.name}{f' ({chosen})' if chosen else ''}")
        try:
            yield ear
        finally:
            trouble.mends()
            self._journal.faults.append(Fault(trouble.name, began, now()))

    def _stays(self, trouble: Trouble, ear: Ear | None, stop: threading.Event) -> None:
        stop.wait(self._rng.uniform(0.4, 1) * trouble.seconds)
        left = PATIENCE
        while ear is not None and not ear.hears() and not stop.wait(0.5):
            left -= 0.5
            if left < 0:
                self._journal.unfelt.append(trouble.name)
                return
