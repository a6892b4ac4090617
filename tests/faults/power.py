"""A window that registers people until the power goes: ``python -m tests.faults.power FOLDER LEVEL SEED``.

It runs on the real schema with the real settings, over a disk that forgets what was not synced. ``LEVEL`` is the
``synchronous`` to go by: FULL, as the product sets it, or NORMAL, to see that the disk does forget.
"""

import json
import os
import random
import shutil
import sys
from pathlib import Path

from tests.cast import returned_woman
from tests.faults.forgetful import ForgetfulDisk
from tests.integration.intake.world import World

CASES = 120
"""Enough for the write-ahead log to be taken into the database more than once."""
CUTS = 12
"""Moments at which the power might go, apart from the last."""
DISK, TOLD = "disk", "told.json"


class Cuts:
    """At some syncs, by the seed: a copy of the disk as it would be, and what people had been told until then."""

    def __init__(self, folder: Path, disk: ForgetfulDisk, rng: random.Random) -> None:
        self._folder = folder
        self._disk = disk
        self._rng = rng
        self.told: list[str] = []
        self.tokens: dict[str, str] = {}
        self._syncs = 0
        self._moments = frozenset(rng.sample(range(2 * CASES), CUTS))  # each registration syncs keys and data
        disk.before_sync = self._perhaps

    def _perhaps(self) -> None:
        if self._syncs in self._moments:
            self.cut(f"cut-{self._syncs}")
        self._syncs += 1

    def cut(self, name: str) -> None:
        """The power goes now; half of the times the disk had begun to write what it was not asked to keep."""
        target, live = self._folder / name, self._folder / "live"
        shutil.copytree(live, target / DISK, ignore=shutil.ignore_patterns("*.sqlite*"))
        rng = self._rng if self._rng.random() < 0.5 else None
        for file in live.rglob("*.sqlite*"):
            if not file.name.endswith("-shm"):  # memory that processes share, not a file
                (target / DISK / file.relative_to(live)).write_bytes(self._disk.after_a_cut(file, rng))
        (target / TOLD).write_text(json.dumps({"cases": self.told, "tokens": self.tokens}))


def main(folder: Path, level: str, seed: int) -> None:
    """Never ends otherwise than by ``os._exit``: nothing is closed, nothing is flushed."""
    disk = ForgetfulDisk()
    (folder / "live").mkdir(parents=True)
    world = World(folder / "live")
    for database in (world.window.database, world.window.vault._database):
        with database._writes.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    cuts = Cuts(folder, disk, random.Random(seed))
    cuts.tokens = world.tokens
    for _ in range(CASES):
        cuts.told.append(world.registers(returned_woman())["id"])
    cuts.cut("the-last")
    os._exit(137)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
