"""``make faults SEED=… MINUTES=…``: every crash point in turn, then random faults; what was found, and status 1 if anything."""

import argparse
import random
import sys
import time

from tests.faults.crashing import crash_everywhere
from tests.faults.journal import Journal
from tests.faults.running import rage
from tests.faults.servers import own_folder
from tests.faults.stage import Stage


def main() -> int:
    """One stage for all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--no-crashes", action="store_true", help="random faults only")
    given = parser.parse_args()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    say(f"seed {given.seed}")
    stage, journal, found = Stage(own_folder()), Journal(), 0
    try:
        stage.prepare()
        stage.start()
        say("everything runs")
        if not given.no_crashes:
            for verdict in crash_everywhere(stage, journal, seed=given.seed, say=say):
                found += len(verdict.findings)
        if given.minutes:
            verdict = rage(stage, journal, seed=given.seed, say=say, seconds=given.minutes * 60)
            found += len(verdict.findings)
            say(str(verdict))
    finally:
        stage.clear(keep=found > 0)
    say(f"seed {given.seed}: {found} findings{f'; see {stage.home}' if found else ''}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
