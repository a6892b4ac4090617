"""What a window's process and the whole demo need when nothing happens: memory, time to start, time of the processor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.bench.cases import LA_UNION
from tests.bench.processor import processor_seconds, resident_mb
from tests.bench.stage import ROOT, Place
from tests.drivers.network import free_base
from tests.servers import free_port, wait_until

IDLE_SECONDS = 15


@dataclass(frozen=True)
class Footprint:
    """Seconds until it answers, MB (PSS), and per cent of one processor when idle."""

    start: float
    memory: float
    idle: float


def window(place: Place) -> Footprint:
    """A window with its outbox, connected to RabbitMQ."""
    port, began = free_port(), time.monotonic()
    process = place.service(
        "intake", WINDOW=LA_UNION.name, DATABASE_URL=f"sqlite:///{place.run.outbox}",
        KEY_STORE=str(place.folder / "keys" / LA_UNION.key), WEB_SERVER_ADDRESS=f"127.0.0.1:{port}", KEY_STORE_URL="",
        SMTP_URL="",
    )
    wait_until(lambda: _answers(f"http://127.0.0.1:{port}/healthz"), seconds=60, what="the window")
    return _at_rest([process.pid], time.monotonic() - began)


def demo(folder: Path) -> Footprint:
    """``ventanilla demo`` with its two windows, hub, notifications and mail server."""
    base, began = free_base(), time.monotonic()
    with (folder / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.console.main", "demo", "--data-dir", str(folder / "demo"), "--port-base", str(base)],
            cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"},
        )
    try:
        wait_until(lambda: b"ventanilla: ready" in (folder / "demo.log").read_bytes(), seconds=90, what="the demo")
        return _at_rest([process.pid], time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _at_rest(pids: Sequence[int], start: float) -> Footprint:
    time.sleep(5)  # what starting left to do
    used, began = processor_seconds(pids), time.monotonic()
    time.sleep(IDLE_SECONDS)
    idle = 100 * (processor_seconds(pids) - used) / (time.monotonic() - began)
    return Footprint(start, resident_mb(pids), idle)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
