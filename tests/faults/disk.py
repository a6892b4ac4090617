"""A disk that is small enough to be filled: a tmpfs, where this machine lets us mount one (root)."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

SIZE = "48m"


class SmallDisk:
    """A folder with little room."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def on(cls, folder: Path) -> "SmallDisk | None":
        """Mount one over an empty folder; None where that is not allowed."""
        if os.geteuid() != 0:
            return None
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True, check=False
        )
        return cls(folder) if done.returncode == 0 else None

    def fill(self) -> None:
        """Not one byte more fits."""
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            for piece in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        if not file.write(b"\0" * piece):
                            break

    def empty(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    def copy_to(self, folder: Path) -> None:
        """What is on it, to be looked at afterwards."""
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)

    def unmount(self) -> None:
        """Give it back, whoever still has a file open there."""
        subprocess.run(["umount", "--lazy", str(self._folder)], capture_output=True, check=False)

    @property
    def _ballast(self) -> Path:
        return self._folder / "ballast"
