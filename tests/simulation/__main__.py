"""``python -m tests.simulation --seeds 10000``: many schedules, two processes; ``--seed N``: one, and its story."""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence

from tests.simulation.running import Failure, runner

PART = 100
"""Seeds that a process takes at once."""


def failures_of(seeds: Sequence[int]) -> list[Failure]:
    with runner() as run:
        return run.failures(seeds)


def story_of(seed: int) -> int:
    """Tell one schedule, and what is wrong in the end; the exit status."""
    story: list[str] = []
    with runner() as run:
        wrong = run.run(seed, story=story)
    print("\n".join(story))
    print(Failure(seed, wrong) if wrong else f"seed {seed}: all as promised")
    return 1 if wrong else 0


def many(first: int, count: int, processes: int) -> int:
    """Run them all and print every failing seed; the exit status."""
    parts = [range(start, min(start + PART, first + count)) for start in range(first, first + count, PART)]
    began, failed, done = time.monotonic(), 0, 0
    with multiprocessing.Pool(processes) as pool:
        for part in pool.imap_unordered(failures_of, parts):
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
    given = parser.parse_args()
    return story_of(given.seed) if given.seed is not None else many(given.first, given.seeds, given.processes)


if __name__ == "__main__":
    sys.exit(main())
