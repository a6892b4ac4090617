"""How much time of the processor some processes took: on a shared machine the steadier figure."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def processor_seconds(roots: Iterable[int]) -> float:
    """User and system seconds of these processes and all below them, those that have ended included."""
    found = _all()
    seconds, left = 0.0, list(roots)
    while left:
        pid = left.pop()
        if pid in found:
            seconds += found[pid][1]
            left += [child for child, (parent, _) in found.items() if parent == pid]
    return seconds


def resident_mb(roots: Iterable[int]) -> float:
    """Memory that these processes and all below them alone use, with their share of what is common (PSS), in MB."""
    found, total, left = _all(), 0, list(roots)
    while left:
        pid = left.pop()
        left += [child for child, (parent, _) in found.items() if parent == pid]
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _all() -> Mapping[int, tuple[int, float]]:
    found: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        found[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) * TICK)
    return found
