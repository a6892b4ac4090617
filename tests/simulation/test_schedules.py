"""Some hundreds of schedules; ``python -m tests.simulation --seeds 10000`` runs many."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.clones import Clones
from tests.simulation.running import Failure, Runner, runner

ROOT = Path(__file__).resolve().parents[2]
PART, PARTS = 20, 15
TELL = """
import hashlib
from tests.simulation.running import runner
story = []
with runner() as run:
    run.run(3)  # what ran before must not matter
    run.run({seed}, story=story)
print(hashlib.sha256("\\n".join(story).encode()).hexdigest(), len(story))
"""


@pytest.mark.parametrize("first", range(0, PART * PARTS, PART))
def test_whatever_fails_nothing_is_lost_and_nothing_happens_twice(simulation: Runner, first: int, request):
    seed = request.config.getoption("--seed", default=None)
    if seed is None:
        assert not "\n".join(map(str, simulation.failures(range(first, first + PART))))
    elif first == 0:
        story: list[str] = []
        wrong = simulation.run(seed, story=story)
        assert not wrong, "\n".join((*story, str(Failure(seed, wrong))))


@pytest.mark.parametrize("first", range(0, 60, PART))
def test_a_window_that_exists_twice_is_loud_and_loses_nothing(first: int):
    with runner(Clones) as run:
        assert not "\n".join(map(str, run.failures(range(first, first + PART))))


def test_a_seed_tells_the_same_story_in_every_process():
    told = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", TELL.format(seed=11)], cwd=ROOT, check=True, capture_output=True, text=True,
            timeout=120, env={**os.environ, "PYTHONHASHSEED": number},
        ).stdout
        for number in ("1", "2", "3")
    }
    assert len(told) == 1
    assert int(told.pop().split()[1]) > 10
