"""``python -m tests.bench`` (``make bench``): measures, and writes docs/performance.md and docs/performance.svg."""

import argparse
import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import structlog

from shared.contracts.addresses import Address
from shared.messaging import topology
from shared.messaging.broker import Broker
from tests.bench import footprint, model, report, stored, throughput
from tests.bench.cases import LA_UNION, NODE, fill, window_settings
from tests.bench.latency import latency
from tests.bench.pages import pages
from tests.bench.pipelines.many import MANY
from tests.bench.servers import postgresql, rabbitmq
from tests.bench.stage import Place, Stage, Start, Timed

PIPELINES: dict[str, Start] = {
    "ours": throughput.ours, "floor": throughput.floor, "nameko": throughput.nameko, "celery": throughput.celery,
    "faststream": throughput.faststream,
}
STORED = (10_000, 100_000, 1_000_000)
"""Cases that are in the tables before a run; a million takes some minutes to put there and 10 GB of disk."""
PARTS = ("throughput", "latency", "scale", "footprint", "pages")


@contextmanager
def stage(cases: int) -> Iterator[Stage]:
    """Servers, keys, empty databases, the model, and windows whose outboxes are full."""
    with tempfile.TemporaryDirectory(prefix="ventanilla-bench-") as name:
        folder = Path(name)
        with rabbitmq(folder) as broker, postgresql() as database:
            made = Stage(folder, broker, database)
            made.prepare([Address.window(NODE, window) for window in MANY])
            one = folder / "one" / "window.sqlite"
            settings = window_settings(LA_UNION, one, folder / "keys")
            fill(settings, 1)
            with made.place(one) as place:
                model.take_down(folder, place.settings("referrals"), place.settings("notifications"), settings)
            fill(window_settings(LA_UNION, folder / "full" / "window.sqlite", folder / "keys"), cases)
            yield made


class Bench:
    """The parts, each of which adds its lines to the report."""

    def __init__(self, stage: Stage, cases: int, rounds: int) -> None:
        self._stage = stage
        self._cases = cases
        self._rounds = rounds
        self._outbox = stage.folder / "full" / "window.sqlite"
        self.told = report.Report(cases, rounds)

    def throughput(self) -> None:
        """Every pipeline in turn, as often as there are rounds, so that what disturbs one disturbs all."""
        for _ in range(self._rounds):
            for name, start in PIPELINES.items():
                self._run(f"{name}", start)

    def scale(self) -> None:
        """More replicas; many windows; tables that are full already."""
        for replicas in (2, 4):
            self._run(f"ours, {replicas} replicas", partial(throughput.ours, replicas=replicas))
        for windows in (20, 200):
            self._many_windows(MANY[:windows])
        for rows in STORED:
            with self._stage.place(self._outbox) as place:
                stored.store(place.run, rows)
                self._note(f"ours, {rows:,} cases stored", place.timed(throughput.ours(place), self._cases))

    def latency(self) -> None:
        """Idle, and at half of the rate that was reached (so ``throughput`` runs first)."""
        most = self.told.rate("ours")
        for name, load in (("idle", 0.0), ("half the rate", most / 2)):
            with self._stage.place(self._outbox) as place:
                seconds = self._cases / load if load else 60.0
                cases = max(20, min(100, int(seconds / 0.25)))
                found = latency(place, cases, load=load)
            print(f"latency, {name}: p50 {found.p50:.0f} ms, p99 {found.p99:.0f} ms", flush=True)
            self.told.latencies[name] = found

    def footprint(self) -> None:
        """One window, and the demo."""
        with self._stage.place(self._stage.folder / "one" / "window.sqlite") as place:
            self.told.footprints["a window"] = footprint.window(place)
        self.told.footprints["the demo"] = footprint.demo(self._stage.folder)

    def pages(self) -> None:
        """The window's pages in a browser."""
        self.told.pages |= pages()

    def _many_windows(self, windows: Sequence[str]) -> None:
        each = self._cases // len(windows)
        folder = self._stage.folder / f"many-{len(windows)}"
        for name in windows:
            settings = window_settings(Address.window(NODE, name), folder / f"{name}.sqlite", self._stage.folder / "keys")
            fill(settings, each)
        with self._stage.place(folder / f"{windows[0]}.sqlite") as place:
            topology.declare(Broker(place.run.amqp_uri), NODE, [LA_UNION.name, *windows])
            sender = throughput.many(place, windows)
            self._note(f"ours, {len(windows)} windows", place.timed(sender, each * len(windows)))

    def _run(self, name: str, start: Callable[[Place], object]) -> None:
        self._note(name, throughput.measure(self._stage, start, self._outbox, self._cases))

    def _note(self, name: str, timed: Timed) -> None:
        print(f"{name}: {timed.rate:.1f} cases/s, {timed.milliseconds():.1f} ms of the processor a case", flush=True)
        self.told.runs.setdefault(name, []).append(timed)


def main() -> None:
    """Measure the parts that are asked for; the report is written when all were measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=1500, help="cases in each run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each pipeline; the median counts")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS, help="which parts, in this order")
    parser.add_argument("--into", type=Path, default=Path("docs"), help="where the report goes")
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and processes are ended
    with stage(given.cases) as made:
        bench = Bench(made, given.cases, given.rounds)
        for part in given.parts:
            getattr(bench, part)()
    bench.told.write(given.into)


if __name__ == "__main__":
    main()
