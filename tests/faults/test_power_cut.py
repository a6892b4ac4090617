"""What a window has confirmed survives a power cut, and can be read; with a laxer setting it would not."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from services.intake.wiring import build
from shared.config import Settings
from shared.errors import Broken
from tests.drivers.processes import ROOT, clean_environment
from tests.faults.power import CUTS, DISK, TOLD
from tests.integration.intake.world import LA_UNION, STAFF

pytestmark = pytest.mark.slow
SEEDS = (1, 2)


def power_goes(folder: Path, level: str, seed: int) -> list[Path]:
    """A window registers people until it is cut off; each moment at which that might have been."""
    words = [sys.executable, "-W", "ignore", "-m", "tests.faults.power", str(folder), level, str(seed)]
    done = subprocess.run(words, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 137, done.stderr[-4000:]
    return [*sorted(folder.glob("cut-*")), folder / "the-last"]


@contextmanager
def window_after(cut: Path) -> Iterator[Client]:
    """The window is started again on what the disk has kept."""
    settings = Settings(
        node="sv", window="la-union", database_url=f"sqlite:///{cut / DISK / 'window.sqlite'}",
        key_store=cut / DISK / "keys" / LA_UNION.key, amqp_uri="memory://",
    )
    wiring = build(settings)
    try:
        yield Client(wiring.site, TestResponse)
    finally:
        wiring.close()


def lost_in(cut: Path) -> list[str]:
    """Cases that were confirmed before the cut, and that the window does not have or cannot read after it."""
    told = json.loads((cut / TOLD).read_text())
    token = {"Authorization": f"Bearer {told['tokens'][STAFF]}"}
    try:
        with window_after(cut) as window:
            return [case for case in told["cases"] if window.get(f"/api/v1/cases/{case}", headers=token).status_code != 200]
    except Broken:  # the window's data and its persons' keys do not belong together any more: it does not start
        return list(told["cases"])


def is_sound(file: Path) -> bool:
    connection = sqlite3.connect(file)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_confirmed_survives_whenever_the_power_goes(tmp_path: Path, seed: int):
    cuts = power_goes(tmp_path, "FULL", seed)
    assert len(cuts) == CUTS + 1
    for cut in cuts:
        assert lost_in(cut) == [], cut.name
        assert all(is_sound(file) for file in cut.rglob("*.sqlite")), cut.name


def test_a_disk_that_is_not_asked_to_keep_it_forgets_what_was_confirmed(tmp_path: Path):
    cuts = power_goes(tmp_path, "NORMAL", SEEDS[0])
    assert lost_in(cuts[-1])
