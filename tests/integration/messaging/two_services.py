"""A process with a window and a hub inside nameko; says what it measured as one line of JSON.

Run as ``python -m tests.integration.messaging.two_services BROKER FOLDER MESSAGES IDLE_SECONDS [HUB_DATABASE]``.
"""

from shared.messaging.nameko.containers import Containers, prepare

prepare()

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import eventlet  # noqa: E402

from shared.contracts.addresses import Address  # noqa: E402
from shared.messaging import topology  # noqa: E402
from shared.messaging.broker import Broker  # noqa: E402
from shared.messaging.exporter import Exporter  # noqa: E402
from shared.messaging.feed import FeedSettings  # noqa: E402
from shared.messaging.nameko.consumer import batches  # noqa: E402
from shared.messaging.nameko.relay import RelayLoop  # noqa: E402
from shared.messaging.nameko.timers import every  # noqa: E402
from shared.messaging.nameko.wired import Wired  # noqa: E402
from shared.messaging.parts import Messaging  # noqa: E402
from tests.conformance.messaging.world import HUB, NODE, OTHER_WINDOW, WINDOW, Node, TurnedClock  # noqa: E402


class Wiring:
    """What a service's composition root returns."""

    def __init__(self, me: Address, broker: Broker, folder: Path, url: str) -> None:
        self.node = Node(
            me, url=url, keys=folder / "keys", broker=broker,
            clock=TurnedClock(), batch_size=100,
        )
        self.ticks = 0
        self.messaging = Messaging(
            feed=FeedSettings(broker, topology.queue_of(me), size=100, wait=0.02),
            take=self.node.inbox.take,
            probe=lambda: None,
            relay=self.node.relay,
            wake=self.node.wake,
            exporter=Exporter(
                self.node.database, self.node.tables, self.node.relay.messages, epoch=self.node.epoch, clock=self.node.clock
            ),
            declare=lambda: topology.declare(broker, NODE, [WINDOW.name, OTHER_WINDOW.name]),
        )

    def close(self) -> None:
        self.node.close()


class Service:
    wired = Wired()
    relay = RelayLoop()

    @staticmethod
    def wire(config) -> Wiring:
        config["made"].append(Wiring(config["me"], config["broker"], config["folder"], config["url"]))
        return config["made"][-1]

    @batches
    def take(self, messages):
        self.wired.messaging.take(messages)

    @every(1, first=0.1)
    def tick(self):
        self.wired.ticks += 1


class Window(Service):
    name = "intake"


class Hub(Service):
    name = "referrals"


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def until(condition, seconds: float) -> float:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise TimeoutError
        eventlet.sleep(0.002)
    return time.monotonic() - began


def main(uri: str, folder: Path, count: int, idle: float, hub_url: str | None = None) -> None:
    made: list[Wiring] = []
    containers = Containers()
    config = {"broker": Broker(uri), "folder": folder, "made": made}
    began = time.monotonic()
    containers.start(Hub, {**config, "me": HUB, "url": hub_url or f"sqlite:///{folder / 'hub.sqlite'}"})
    containers.start(Window, {**config, "me": WINDOW, "url": f"sqlite:///{folder / 'window.sqlite'}"})
    facts: dict[str, float] = {"start": time.monotonic() - began}
    hub, window = made[0].node, made[1].node
    if count:
        window.says("warm")
        until(lambda: len(window.settled()) == 1, 60)
        window.says("one")
        facts["to_hub"] = until(lambda: len(hub.heard()) == 2, 10)
        facts["and_back"] = facts["to_hub"] + until(lambda: len(window.settled()) == 2, 10)
        began = time.monotonic()
        for start in range(0, count, 50):
            window.says(*(f"case-{start + number}" for number in range(50)))
            eventlet.sleep(0)
        facts["said"] = time.monotonic() - began
        until(lambda: len(hub.heard()) >= count + 2, 120)
        facts["heard"] = time.monotonic() - began
        until(lambda: len(window.settled()) == count + 2, 120)
        facts["settled"] = time.monotonic() - began
        facts["effects"] = len(hub.heard())
    eventlet.sleep(0.5)
    before = cpu()
    eventlet.sleep(idle)
    facts["idle_percent"] = 100 * (cpu() - before) / idle
    facts["ticks"] = made[1].ticks
    began = time.monotonic()
    containers.stop()
    facts["stop"] = time.monotonic() - began
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), *sys.argv[5:])
