"""Cases per second, end to end: from the window's outbox to the rows in notifications' ledger."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.messaging.broker import Broker
from tests.bench.stage import Place, Stage, Start, Timed


def ours(place: Place, *, replicas: int = 1) -> Sequence["subprocess.Popen[bytes]"]:
    """Our three services."""
    for _ in range(replicas):
        place.service("referrals")
        place.service("notifications")
    sender = place.start("window", "-m", "tests.bench.pipelines.ours")
    place.consumed("hub.sv.intake", "notify.sv", consumers=replicas)
    return [sender]


def floor(place: Place) -> Sequence["subprocess.Popen[bytes]"]:
    """The same by bare psycopg2 and py-amqp."""
    for part in ("hub", "notifications"):
        place.start(part, "-m", "tests.bench.pipelines.floor", part)
    sender = place.start("window", "-m", "tests.bench.pipelines.floor", "window")
    place.consumed("hub.sv.intake", "notify.sv")
    return [sender]


def nameko(place: Place, *, workers: int = 10) -> Sequence["subprocess.Popen[bytes]"]:
    """Stock nameko. A queue for the window, which nobody reads, as everywhere."""
    place.tune(workers=workers)
    for part in ("hub", "notifications"):
        place.start(part, "-m", "tests.bench.pipelines.nameko_pipeline", part)
    place.consumed("evt-window-case.registered--hub.take", "evt-hub-sv.notifications.referral.updated--notifications.take")
    with Broker(place.run.amqp_uri).connection() as connection:
        channel = connection.channel()
        channel.queue_declare("evt-window", durable=True, auto_delete=False)
        channel.exchange_declare("hub.events", "topic", durable=True, auto_delete=False)
        channel.queue_bind("evt-window", "hub.events", "sv.la-union.#")
    return [place.start("window", "-m", "tests.bench.pipelines.nameko_pipeline", "window")]


def celery(place: Place, *, pool: str = "prefork", workers: int = 2) -> Sequence["subprocess.Popen[bytes]"]:
    """Celery, a worker for each service."""
    place.tune(workers=workers)
    for queue in ("hub", "notifications"):
        place.start(
            queue, "-m", "celery", "--quiet", "-A", "tests.bench.pipelines.celery_pipeline", "worker", "--queues", queue,
            "--pool", pool, "--concurrency", str(workers), "--hostname", f"{queue}@%h", "--loglevel", "ERROR",
            "--without-gossip", "--without-mingle", python=bench_python(),
        )
    place.consumed("hub", "notifications")
    return [place.start("window", "-m", "tests.bench.pipelines.celery_pipeline", python=bench_python())]


def faststream(place: Place, *, workers: int = 20) -> Sequence["subprocess.Popen[bytes]"]:
    """FastStream."""
    place.tune(workers=workers)
    for part in ("hub", "notifications"):
        place.start(part, "-m", "tests.bench.pipelines.faststream_pipeline", part, python=bench_python())
    place.consumed("hub.sv.intake", "notify.sv")
    return [place.start("window", "-m", "tests.bench.pipelines.faststream_pipeline", "window", python=bench_python())]


def many(place: Place, windows: Sequence[str]) -> Sequence["subprocess.Popen[bytes]"]:
    """Our three services, and the ways out of so many windows."""
    place.hub_of_many()
    place.service("notifications")
    place.consumed("hub.sv.intake", "notify.sv")
    return [place.start("window", "-m", "tests.bench.pipelines.many", "windows", *windows)]


def measure(stage: Stage, start: Start, outbox: Path, cases: int) -> Timed:
    """One run."""
    with stage.place(outbox) as place:
        return place.timed(start(place), cases)


def bench_python() -> str:
    """The interpreter in whose environment Celery and FastStream are installed (``make bench`` makes it)."""
    return os.environ.get("BENCH_PYTHON", sys.executable)
