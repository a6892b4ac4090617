"""``python -m tests.simulation --seeds 10000``: many schedules, two processes; ``--seed N``: one, and its story."""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence
from functools import partial

from tests.simulation.clones import Clones
from tests.simulation.running import Failure, runner
from tests.simulation.schedule import Schedule

PART = 100
"""Seeds that a process takes at once."""


def failures_of(seeds: Sequence[int], kind: type[Schedule] = Schedule) -> list[Failure]:
    with runner(kind) as run:
        return run.failures(seeds)


def story_of(seed: int, kind: type[Schedule]) -> int:
    """Tell one schedule, and what is wrong in the end; the exit status."""
    story: list[str] = []
    with runner(kind) as run:
        wrong = run.run(seed, story=story)
    print("\n".join(story))
    print(Failure(seed, wrong) if wrong else f"seed {seed}: all as promised")
    return 1 if wrong else 0


def many(first: int, count: int, processes: int, kind: type[Schedule]) -> int:
    """Run them all and print every failing seed; the exit status."""
    parts = [range(start, min(start + PART, first + count)) for start in range(first, first + count, PART)]
    began, failed, done = time.monotonic(), 0, 0
    with multiprocessing.Pool(processes) as pool:
        for part in pool.imap_unordered(partial(failures_of, kind=kind), parts):
            done += PART
            failed += len(part)
            for failure in part:
                print(failure, flush=True)
    seconds = time.monotonic() - began
    print(f"{count} schedules in {seconds:.0f} s ({count / seconds:.0f} a second), {failed} failed")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, help="this one alone, told step by step")
    parser.add_argument("--clones", action="store_true", help="windows that exist twice, instead of restores")
    given = parser.parse_args()
    kind = Clones if given.clones else Schedule
    if given.seed is not None:
        return story_of(given.seed, kind)
    return many(given.first, given.seeds, given.processes, kind)


if __name__ == "__main__":
    sys.exit(main())
