"""``make faults SEED=… SEEDS=… MINUTES=…``: every crash point in turn, a window three days offline, a hub and a window put
back from an old copy, a window that exists twice, then random faults by each seed on a stage of its own. A line per seed, a
table at the end, and status 1 if anything was found."""

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.faults.checker import Finding
from tests.faults.crashing import crash_everywhere
from tests.faults.journal import Journal
from tests.faults.offline import three_days_offline
from tests.faults.restored import put_back
from tests.faults.running import Say, Verdict, rage
from tests.faults.servers import own_folder
from tests.faults.stage import Stage
from tests.faults.twice import cloned

CRASHES, OFFLINE, RESTORED, CLONED, RANDOM = "crashes", "offline", "restored", "cloned", "random"
Part = Callable[[Stage, Journal, Say], Iterator[Verdict]]


@dataclass(frozen=True)
class Line:
    """What one part came to."""

    name: str
    verdicts: Sequence[Verdict]
    seconds: float

    @property
    def findings(self) -> int:
        return sum(len(verdict.findings) for verdict in self.verdicts)

    def __str__(self) -> str:
        acts = sum(self.verdicts[-1].counts.values()) if self.verdicts else 0
        faults = max((verdict.faults for verdict in self.verdicts), default=0)
        drained = max((verdict.drained_in for verdict in self.verdicts), default=0.0)
        return f"{self.name:<14} {acts:>7} {faults:>7} {drained:>9.1f} {self.seconds:>9.0f} {self.findings:>9}"


HEAD = f"{'':<14} {'acts':>7} {'faults':>7} {'drained s':>9} {'seconds':>9} {'findings':>9}"


def main() -> int:
    """Each part on a stage of its own, so that a finding is one seed's alone."""
    given = _arguments()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    lines = [_play(name, part, say) for name, part in _parts(given)]
    print("\n".join([HEAD, *map(str, lines)]))
    return 1 if any(line.findings for line in lines) else 0


def _parts(given: argparse.Namespace) -> Iterator[tuple[str, Part]]:
    first = given.seed
    if given.only in {None, CRASHES}:
        yield CRASHES, lambda stage, journal, say: crash_everywhere(stage, journal, seed=first, say=say)
    if given.only in {None, OFFLINE}:
        yield OFFLINE, lambda stage, journal, say: iter([three_days_offline(stage, journal, seed=first, say=say)])
    if given.only in {None, RESTORED}:
        yield RESTORED, lambda stage, journal, say: put_back(stage, journal, seed=first, say=say)
    if given.only in {None, CLONED}:
        yield CLONED, lambda stage, journal, say: cloned(stage, journal, seed=first, say=say)
    if given.only in {None, RANDOM}:
        for seed in range(first, first + given.seeds):
            yield f"seed {seed}", lambda stage, journal, say, seed=seed: iter(
                [rage(stage, journal, seed=seed, say=say, seconds=given.minutes * 60)]
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--seeds", type=int, default=1, help="so many, from --seed on")
    parser.add_argument("--minutes", type=float, default=3.0, help="of random faults for each seed")
    parser.add_argument("--only", choices=(CRASHES, OFFLINE, RESTORED, CLONED, RANDOM), help="one part instead of all five")
    return parser.parse_args()


def _play(name: str, part: Part, say: Say) -> Line:
    """One part from its first server to its last; what the stage itself cannot do is a finding too."""
    began, verdicts = time.monotonic(), list[Verdict]()
    stage, journal = Stage(own_folder()), Journal()
    try:
        stage.prepare()
        stage.start()
        say(f"{name}: everything runs")
        for verdict in part(stage, journal, say):
            say(str(verdict))
            verdicts.append(verdict)
    except Exception as error:  # noqa: BLE001 - the other seeds are still to come
        traceback.print_exc()
        verdicts.append(Verdict([Finding("the stage", f"it failed: {error!r}")], journal.counts(), len(journal.faults), 0.0))
    line = Line(name, verdicts, time.monotonic() - began)
    stage.clear(keep=line.findings > 0)
    say(f"{name}: {line.findings} findings{f', see {stage.home}' if line.findings else ''}")
    return line


if __name__ == "__main__":
    sys.exit(main())
