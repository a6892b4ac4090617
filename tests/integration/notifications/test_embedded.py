"""The service inside nameko, on the embedded broker, with the demo's mail sink: as ``make demo`` runs it."""

import json
import subprocess
import sys


def test_what_a_hub_tells_is_in_the_mailbox_at_once_and_the_service_stops_soon(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.integration.notifications.embedded", str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["latency"] < 30  # not a measure of speed: these machines are shared; a mail that never comes fails
    assert said["stopped"] < 3
    assert said["sink"] == 0
