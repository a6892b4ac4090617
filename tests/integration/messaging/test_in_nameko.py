"""Window and hub inside nameko, in a process of their own."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.security.keys import generate
from tests.conformance.messaging.world import EVERYBODY
from tests.servers import free_port


def run(uri: str, folder: Path, *more: str, messages: int, idle: float) -> dict[str, float]:
    generate(folder / "keys", EVERYBODY, now=datetime.now(UTC))
    command = [sys.executable, "-W", "ignore", "-m", "tests.integration.messaging.two_services"]
    done = subprocess.run(
        [*command, uri, str(folder), str(messages), str(idle), *more], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_embedded_services_deliver_all_at_once_idle_quietly_and_stop_soon(tmp_path: Path):
    facts = run("memory://", tmp_path, messages=300, idle=5)
    assert facts["effects"] == 302
    assert facts["to_hub"] < 0.5
    assert facts["idle_percent"] < 2  # two services, both with a timer that ticks each second
    assert facts["stop"] < 3


@pytest.mark.rabbitmq
def test_the_same_services_deliver_over_rabbitmq_to_postgresql(tmp_path: Path, amqp_uri: str, postgresql_url: str):
    facts = run(amqp_uri, tmp_path, postgresql_url, messages=300, idle=1)
    assert facts["effects"] == 302
    assert facts["stop"] < 3


def test_services_start_and_stop_with_no_broker_at_all(tmp_path: Path):
    facts = run(f"amqp://guest:guest@127.0.0.1:{free_port()}//", tmp_path, messages=0, idle=3)
    assert facts["start"] < 3
    assert facts["stop"] < 3
    assert facts["ticks"] >= 2
