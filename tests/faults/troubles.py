"""Each way to break something, and to mend it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import psycopg2
from kombu import Connection

from shared.messaging.topology import POLICIES, queue_of
from tests.drivers.deployed import WINDOWS
from tests.faults.deadly import Deadly
from tests.faults.journal import Journal
from tests.faults.poison import ADDRESSES, Poison
from tests.faults.proxy import Mode
from tests.faults.stage import SERVICES, WITH_SMALL_DISK, Stage

LONGEST = 8.0
"""Seconds that a fault stays; what makes waits run out stays longer than the relay waits for its confirms."""
BEYOND_CONFIRMS = 18.0
ALARM, NO_ALARM = 0.00001, 0.4
DAY = timedelta(days=1)


class Area(StrEnum):
    """What a fault takes away. Two faults of different areas may meet; what needs the rest whole comes alone."""

    SERVICE = "service"
    BROKER = "broker"
    DATABASE = "database"
    DISK = "disk"
    ALONE = "alone"


@dataclass(frozen=True)
class Trouble:
    """A fault. ``breaks`` returns what it chose; ``seconds`` is how long it stays at most.

    ``shows`` are the words by which a service tells in its log that the fault reached it: it stays until then.
    """

    name: str
    area: Area
    breaks: Callable[[], object]
    mends: Callable[[], object]
    seconds: float = LONGEST
    shows: str | None = None

    def may_meet(self, other: "Trouble") -> bool:
        """Whether both may be about at once."""
        return Area.ALONE not in {self.area, other.area} and self.area is not other.area


class Troubles:
    """All that can happen to one stage; what is chosen on the way is chosen by ``rng``."""

    def __init__(self, stage: Stage, journal: Journal, rng: random.Random) -> None:
        self._stage = stage
        self._rng = rng
        self._poison = Poison(stage, journal)
        self._deadly = Deadly(stage, journal, self._poison)
        self._taken: list[psycopg2.extensions.connection] = []

    def all(self) -> Sequence[Trouble]:
        """Every kind. Restored and cloned nodes (restore, clone) would stand here as a part of their own."""
        return [*self._of_services(), *self._of_the_broker(), *self._of_the_database(), *self._of_disks(), *self._of_messages()]

    def _of_services(self) -> list[Trouble]:
        stage = self._stage
        deaths = [
            Trouble(
                f"kill -9 {name}", Area.SERVICE,
                lambda name=name: stage.kill_one(name), lambda name=name: stage.begin_all({name: {}}), 3,
            )
            for name in SERVICES
        ]
        return [*deaths, self._clock("a clock a day ahead", DAY), self._clock("a clock a day behind", -DAY)]

    def _of_the_broker(self) -> list[Trouble]:
        stage = self._stage
        broker = stage.broker
        modes = [self._network(mode) for mode in (Mode.CUT, Mode.HALF_OPEN, Mode.SLOW, Mode.FLAPPING)]
        return [
            *modes,
            self._late_acks(),
            Trouble("kill -9 RabbitMQ", Area.BROKER, broker.kill, broker.start),
            Trouble(
                "memory alarm", Area.BROKER, lambda: broker.set_memory_limit(ALARM), lambda: broker.set_memory_limit(NO_ALARM),
                shows="publisher.blocked",
            ),
            Trouble("a lost queue", Area.ALONE, self._lose_queue, stage.declare_again, shows='"unroutable"'),
            self._full_queue(),
        ]

    def _of_the_database(self) -> list[Trouble]:
        data = self._stage.data
        modes = [self._database(mode) for mode in (Mode.CUT, Mode.HALF_OPEN, Mode.ONE_WAY, Mode.SLOW, Mode.FLAPPING)]
        return [
            *modes,
            Trouble("kill -9 PostgreSQL", Area.DATABASE, data.kill, data.start),
            Trouble("PostgreSQL out of connections", Area.DATABASE, self._take_connections, self._give_connections),
        ]

    def _of_disks(self) -> list[Trouble]:
        disk = self._stage.small_disk
        return [] if disk is None else [Trouble(f"disk full at {WITH_SMALL_DISK}", Area.DISK, disk.fill, disk.empty)]

    def _of_messages(self) -> list[Trouble]:
        return [
            Trouble("poison", Area.ALONE, lambda: self._poison.some(self._rng, 12), lambda: None, 2),
            Trouble("a message that kills the hub", Area.ALONE, self._deadly.kills, self._deadly.ends, 0),
        ]

    def _clock(self, name: str, by: timedelta) -> Trouble:
        """It jumps while the service runs, and jumps back."""
        chosen: list[str] = []

        def breaks() -> str:
            chosen[:] = [self._rng.choice(SERVICES)]
            self._stage.turn_clock(chosen[0], by)
            return chosen[0]

        return Trouble(name, Area.SERVICE, breaks, lambda: self._stage.turn_clock(chosen[0], timedelta()))

    def _network(self, mode: Mode) -> Trouble:
        proxies = self._stage.to_broker
        chosen: list[str] = []

        def breaks() -> str:
            chosen[:] = [name for name in SERVICES if self._rng.random() < 0.5] or [self._rng.choice(SERVICES)]
            for name in chosen:
                proxies[name].become(mode)
            return ", ".join(chosen)

        def mends() -> None:
            for name in chosen:
                proxies[name].become(Mode.OPEN)

        return Trouble(f"broker's network {mode}", Area.BROKER, breaks, mends, _long(mode))

    def _late_acks(self) -> Trouble:
        """What windows send arrives, and the broker's answers stay away until nobody waits for them any more."""
        proxies = [self._stage.to_broker[name] for name in WINDOWS]

        def become(mode: Mode) -> None:
            for proxy in proxies:
                proxy.become(mode)

        return Trouble(
            "late acks", Area.ALONE, lambda: become(Mode.ONE_WAY), lambda: become(Mode.OPEN), shows="publisher.unconfirmed"
        )

    def _full_queue(self) -> Trouble:
        """Nobody reads a queue, and it takes no more."""
        stage, reach = self._stage, self._stage.broker.reach
        policy = f"/api/policies/{stage.vhost}/full"
        chosen: list[str] = []

        def breaks() -> str:
            chosen[:] = [self._rng.choice(["referrals", *WINDOWS])]
            stage.kill_one(chosen[0])
            queue = queue_of(ADDRESSES[chosen[0]])
            ours = POLICIES["ventanilla-queues"]["definition"]
            full = {"pattern": f"^{queue}$", "apply-to": "queues", "priority": 9, "definition": {**ours, "max-length": 1}}
            reach.call("PUT", policy, full)
            return queue

        def mends() -> None:
            reach.call("DELETE", policy)
            stage.begin_all({chosen[0]: {}})

        return Trouble("a full queue", Area.ALONE, breaks, mends, shows='"nacked"')

    def _database(self, mode: Mode) -> Trouble:
        proxy = self._stage.to_data
        return Trouble(
            f"database's network {mode}", Area.DATABASE,
            lambda: proxy.become(mode), lambda: proxy.become(Mode.OPEN), _long(mode),
        )

    def _lose_queue(self) -> str:
        """Somebody deletes a queue with all that was confirmed into it."""
        queue = self._rng.choice([queue_of(address) for address in ADDRESSES.values()])
        with Connection(self._stage.vhost_uri) as connection:
            connection.channel().queue_delete(queue)
        return queue

    def _take_connections(self) -> None:
        """Until the server has none left."""
        try:
            while True:
                self._taken.append(
                    psycopg2.connect(host="127.0.0.1", port=self._stage.data.port, user="postgres", dbname="postgres")
                )
        except psycopg2.OperationalError:
            return

    def _give_connections(self) -> None:
        for connection in self._taken:
            connection.close()
        self._taken.clear()


def _long(mode: Mode) -> float:
    return BEYOND_CONFIRMS if mode in {Mode.HALF_OPEN, Mode.ONE_WAY} else LONGEST
