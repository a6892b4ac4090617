"""Runs schedules, quickly, one process at a time; a world of disks is used again for the next."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

import structlog

from tests.simulation.clocks import Ids, NodeClock, Time
from tests.simulation.schedule import ADDRESSES, Schedule
from tests.simulation.store import Disk


@dataclass(frozen=True)
class Failure:
    """What was wrong after one seed."""

    seed: int
    wrong: Sequence[str]

    def __str__(self) -> str:
        return "\n  ".join((f"seed {self.seed}:", *self.wrong[:8]))


class Runner:
    """Runs any number of schedules in this process."""

    def __init__(self, disks: list[Disk], ids: Ids, kind: type[Schedule] = Schedule) -> None:
        self._disks = disks
        self._ids = ids
        self._kind = kind

    def run(self, seed: int, *, story: list[str] | None = None) -> list[str]:
        """What is wrong after this seed; empty when all is as promised. ``story`` is told what happened."""
        return self.schedule(seed, story=story).run()

    def schedule(self, seed: int, *, story: list[str] | None = None) -> Schedule:
        """One that did not run yet."""
        self._ids.start_again()
        *disks, spare = self._disks
        return self._kind(seed, disks, self._ids, spare=spare, story=story)

    def failures(self, seeds: Sequence[int]) -> list[Failure]:
        found = ((seed, self.run(seed)) for seed in seeds)  # one by one: a story of all would be long
        return [Failure(seed, wrong) for seed, wrong in found if wrong]


@contextmanager
def runner(kind: type[Schedule] = Schedule) -> Iterator[Runner]:
    """A runner; as long as it lives, ids in this process come from its seeds and nothing is logged."""
    disks, ids = [Disk() for _ in (*ADDRESSES, "spare")], Ids(NodeClock(Time()))
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)
    try:
        with patch("shared.ids.uuid_utils", ids):  # the outermost call: ids are the last thing left to chance
            yield Runner(disks, ids, kind)
    finally:
        structlog.configure(**before)
        for disk in disks:
            disk.close()
