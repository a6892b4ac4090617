"""A crash point does nothing until it is armed, and then ends the process at the right pass."""

import subprocess
import sys

import pytest

from shared.crash import CrashPoint, arm, crash_point
from shared.errors import ConfigError

PASSES = """
from shared.crash import CrashPoint, arm, crash_point
arm("after_confirm:3")
for number in range(5):
    crash_point(CrashPoint.AFTER_MARK)
    print(number, flush=True)
    crash_point(CrashPoint.AFTER_CONFIRM)
"""


def test_an_armed_point_ends_the_process_at_its_pass():
    done = subprocess.run([sys.executable, "-c", PASSES], capture_output=True, text=True, check=False)
    assert done.returncode == 137
    assert done.stdout.split() == ["0", "1", "2"]
    assert "crashed at after_confirm" in done.stderr


PASSES_SUBJECTS = """
from shared.crash import CrashPoint, arm, crash_point
arm("before_effect@case-2")
for subject in ("case-1", "case-3", "case-2"):
    print(subject, flush=True)
    crash_point(CrashPoint.BEFORE_EFFECT, of=subject)
print("alive")
"""


def test_a_point_armed_for_a_subject_lets_all_others_pass():
    done = subprocess.run([sys.executable, "-c", PASSES_SUBJECTS], capture_output=True, text=True, check=False)
    assert done.returncode == 137
    assert done.stdout.split() == ["case-1", "case-3", "case-2"]


def test_a_point_that_is_not_armed_does_nothing():
    arm(None)
    for point in CrashPoint:
        crash_point(point)


@pytest.mark.parametrize("wrong", ["no_such_point", "after_confirm:often"])
def test_a_wrong_point_is_named_with_those_that_exist(wrong: str):
    with pytest.raises(ConfigError, match="after_confirm"):
        arm(wrong)
    arm(None)
