"""A process with the service inside nameko on the embedded broker; says what happened as one line of JSON.

Run as ``python -m tests.integration.notifications.embedded FOLDER``.
"""

from shared.messaging.nameko.containers import Containers, prepare

prepare()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import urllib.request  # noqa: E402
from dataclasses import replace  # noqa: E402
from pathlib import Path  # noqa: E402

from services.console.mailsink import start_mail_sink  # noqa: E402
from services.notifications.service import Notifications  # noqa: E402
from shared.clock import SystemClock  # noqa: E402
from shared.messaging.broker import Broker  # noqa: E402
from shared.messaging.ports import Outcome, Outgoing  # noqa: E402
from shared.messaging.publisher import open_publisher  # noqa: E402
from shared.observability.logs import configure  # noqa: E402
from tests.integration.notifications.world import HUB, USERS, World  # noqa: E402
from tests.servers import free_port  # noqa: E402


def publish(publisher, raw, name: str) -> None:
    outcomes = publisher.publish([Outgoing(name, raw.exchange, raw.routing_key, raw.body, str(raw.signature))])
    assert outcomes == {name: Outcome.SENT}


def wait_for_mails(port: int, count: int) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 20:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/mailbox", timeout=5) as answer:
            if json.load(answer)["total"] >= count:
                return time.monotonic() - began
        time.sleep(0.05)
    raise TimeoutError("the mails did not come")


def main(folder: Path) -> None:
    configure(level="WARNING")
    port = free_port()
    sink = start_mail_sink(folder / "mailbox")
    world = World(folder, f"sqlite:///{folder / 'notifications.sqlite'}")
    world.close()
    world.clock = SystemClock()
    settings = replace(
        world.settings, smtp_url=sink.url, mailbox=folder / "mailbox", topology="declare",
        web_server_address=f"127.0.0.1:{port}",
    )
    containers = Containers()
    containers.start(Notifications, {**settings.container(), "SETTINGS": settings})
    publisher = open_publisher(Broker("memory://"), HUB)
    publisher.ready()
    publish(publisher, world.access(*USERS), "access")
    publish(publisher, world.change("requested", "institution"), "requested")
    latency = wait_for_mails(port, 2)
    began = time.monotonic()
    containers.stop()
    stopped = time.monotonic() - began
    sink.stop()
    sys.stdout.write(json.dumps({"latency": latency, "stopped": stopped, "sink": sink.process.returncode}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
