"""What was measured, as docs/performance.md and a plot."""

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.chart import bars
from tests.bench.footprint import Footprint
from tests.bench.latency import Latency
from tests.bench.pages import SLOWER, Opened
from tests.bench.stage import Timed

PEERS = ("nameko", "celery", "faststream")
TITLES = {
    "ours": "**ours**", "floor": "the floor", "nameko": "nameko 2.14, stock", "celery": "Celery 5.7",
    "faststream": "FastStream 0.7",
}
NOTES = Path(__file__).with_name("notes.md")
"""What stands below the tables: what is compared, and what limits us."""


@dataclass
class Report:
    """All figures of one run of the benchmark."""

    cases: int
    rounds: int
    runs: dict[str, list[Timed]] = field(default_factory=dict)
    latencies: dict[str, Latency] = field(default_factory=dict)
    footprints: dict[str, Footprint] = field(default_factory=dict)
    pages: dict[str, Opened] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        """Cases per second, the median."""
        return statistics.median(run.rate for run in self.runs[name])

    def cost(self, name: str, *parts: str) -> float:
        """Milliseconds of the processor for one case, the median."""
        return statistics.median(run.milliseconds(*parts) for run in self.runs[name])

    def write(self, folder: Path) -> None:
        """Write page and plot."""
        (folder / "performance.md").write_text("\n".join(self._page()) + "\n", encoding="utf-8")
        if self.runs:
            values = [(name, 1000 / self.cost(name)) for name in TITLES if name in self.runs]
            plot = bars("Cases per second of processor time, end to end", values, "cases/s")
            (folder / "performance.svg").write_text(plot, encoding="utf-8")

    def _page(self) -> list[str]:
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        head = [
            "# Performance", "",
            (f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} processors, load at the end {load}; "
             f"{self.cases} cases a run, median of {self.rounds}. Read the figures as ratios of one run on one machine."), "",
        ]
        return [*head, *self._throughput(), *self._scale(), *self._latency(), *self._footprint(), *self._pages(), NOTES.read_text().rstrip()]

    def _throughput(self) -> list[str]:
        here = [name for name in TITLES if name in self.runs]
        if not here:
            return []
        lines = ["## End to end", "", "![Cases per second of processor time](performance.svg)", ""]
        lines += _row("pipeline", "cases/s", "ms of the processor a case", "hub", "notifications", "window", "RabbitMQ", "PostgreSQL", "of ours")
        lines += _row(*["---"] + ["---:"] * 8)
        for name in here:
            parts = [f"{self.cost(name, part):.1f}" for part in ("hub", "notifications", "window", "RabbitMQ", "PostgreSQL")]
            ratio = f"{self.cost('ours') / self.cost(name):.2f}" if "ours" in self.runs else ""
            lines += _row(TITLES[name], f"{self.rate(name):.0f}", f"{self.cost(name):.1f}", *parts, ratio)
        return [*lines, "", *self._goals(), ""]

    def _goals(self) -> list[str]:
        peers = [name for name in PEERS if name in self.runs]
        if "ours" not in self.runs or not peers:
            return []
        by_rate = self.rate("ours") / max(self.rate(name) for name in peers)
        by_cost = min(self.cost(name) for name in peers) / self.cost("ours")
        lines = [f"Ours against the fastest peer: {by_rate:.2f} × by the clock, {by_cost:.2f} × by the processor (goal: 3 ×)."]
        if "floor" in self.runs:
            clock, cost = self.rate("ours") / self.rate("floor"), self.cost("floor") / self.cost("ours")
            lines.append(f"Ours against the floor: {clock:.0%} by the clock, {cost:.0%} by the processor (goal: 60 %).")
        return lines

    def _scale(self) -> list[str]:
        here = [name for name in self.runs if name.startswith("ours")]
        if len(here) < 2:
            return []
        lines = ["## How it moves", "", *_row("", "cases/s", "ms of the processor a case"), *_row("---", "---:", "---:")]
        for name in here:
            lines += _row(name, f"{self.rate(name):.0f}", f"{self.cost(name):.1f}")
        return [*lines, ""]

    def _latency(self) -> list[str]:
        return _table("## From registering to the desk", ("load", "p50 ms", "p99 ms", "cases"), {
            name: (f"{one.p50:.0f}", f"{one.p99:.0f}", str(len(one.measured))) for name, one in self.latencies.items()
        })

    def _footprint(self) -> list[str]:
        return _table("## At rest", ("", "ready after s", "memory MB (PSS)", "% of one processor"), {
            name: (f"{one.start:.1f}", f"{one.memory:.0f}", f"{one.idle:.1f}") for name, one in self.footprints.items()
        })

    def _pages(self) -> list[str]:
        return _table(
            "## A window's pages",
            ("", "requests", "kB", f"ms until it can be used, {SLOWER} × slower processor", "on a line of 400 kbit/s and 400 ms"),
            {
                name: (str(one.requests), f"{one.kilobytes:.1f}", f"{one.old_computer:.0f}", f"{one.slow_line:.0f}")
                for name, one in self.pages.items()
            },
        )


def _table(title: str, head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [title, "", *_row(*head), *_row(*["---"] + ["---:"] * (len(head) - 1))]
    for name, values in rows.items():
        lines += _row(name, *values)
    return [*lines, ""]


def _row(*cells: str) -> list[str]:
    return ["| " + " | ".join(cells) + " |"]
