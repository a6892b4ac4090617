"""Who breaks things, one or two at a time, and mends them again; the same seed breaks the same things."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import psycopg2
from kombu import Connection

from tests.drivers.deployed import WINDOWS
from tests.faults.journal import Fault, Journal, now
from tests.faults.poison import Poison
from tests.faults.proxy import Mode
from tests.faults.stage import SERVICES, WITH_SMALL_DISK, Stage

LONGEST = 8.0
"""Seconds that a fault stays; half-open connections stay longer than the relay waits for its confirms."""
HALF_OPEN_SECONDS = 18.0
ALARM, NO_ALARM = 0.00001, 0.4


@dataclass(frozen=True)
class Trouble:
    """A way to break something, and to mend it; ``seconds`` is how long it stays at most."""

    name: str
    breaks: Callable[[], None]
    mends: Callable[[], None]
    seconds: float = LONGEST


class Nemesis:
    """Picks by the seed; what it did stands in the journal."""

    def __init__(self, stage: Stage, journal: Journal, *, seed: int) -> None:
        self._stage = stage
        self._journal = journal
        self._rng = random.Random(f"nemesis/{seed}")
        self._poison = Poison(stage, journal)
        self._taken: list[psycopg2.extensions.connection] = []
        self.troubles = self._all()

    def rages(self, stop: threading.Event, say: Callable[[str], None]) -> None:
        """Until ``stop``: a fault, a pause, the next; each kind once before any comes twice."""
        left: list[Trouble] = []
        while not stop.is_set():
            left = left or self._rng.sample(self.troubles, len(self.troubles))
            self.does(left.pop(), stop, say)
            stop.wait(self._rng.uniform(1, 4))

    def does(self, trouble: Trouble, stop: threading.Event, say: Callable[[str], None]) -> None:
        """Break, wait, mend."""
        began: datetime = now()
        seconds = self._rng.uniform(0.4, 1) * trouble.seconds
        say(f"{trouble.name} for {seconds:.1f} s")
        trouble.breaks()
        try:
            stop.wait(seconds)
        finally:
            trouble.mends()
        self._journal.faults.append(Fault(trouble.name, began, now()))

    def _all(self) -> list[Trouble]:
        stage = self._stage
        found = [
            Trouble(f"kill -9 {name}", lambda name=name: stage.kill_one(name), lambda name=name: stage.begin_all({name: {}}), 3)
            for name in SERVICES
        ]
        found += [
            Trouble("kill -9 RabbitMQ", stage.broker.kill, stage.broker.start),
            Trouble("kill -9 PostgreSQL", stage.data.kill, stage.data.start),
            Trouble(
                "memory alarm", lambda: stage.broker.set_memory_limit(ALARM), lambda: stage.broker.set_memory_limit(NO_ALARM)
            ),
            Trouble("a lost queue", self._lose_queue, stage.declare_again),
            Trouble("PostgreSQL out of connections", self._take_connections, self._give_connections),
            Trouble("poison", lambda: self._poison.some(self._rng, 12), lambda: None, 2),
        ]
        for mode in (Mode.CUT, Mode.HALF_OPEN, Mode.ONE_WAY, Mode.SLOW, Mode.FLAPPING):
            found += [self._network(mode), self._database(mode)]
        if stage.small_disk is not None:
            disk = stage.small_disk
            found.append(Trouble(f"disk full at {WITH_SMALL_DISK}", disk.fill, disk.empty))
        return found

    def _network(self, mode: Mode) -> Trouble:
        proxies = self._stage.to_broker
        chosen: list[str] = []

        def breaks() -> None:
            chosen[:] = [name for name in SERVICES if self._rng.random() < 0.5] or [self._rng.choice(SERVICES)]
            for name in chosen:
                proxies[name].become(mode)

        def mends() -> None:
            for name in chosen:
                proxies[name].become(Mode.OPEN)

        return Trouble(f"broker's network {mode}", breaks, mends, _long(mode))

    def _database(self, mode: Mode) -> Trouble:
        proxy = self._stage.to_data
        return Trouble(
            f"database's network {mode}", lambda: proxy.become(mode), lambda: proxy.become(Mode.OPEN), _long(mode)
        )

    def _lose_queue(self) -> None:
        """Somebody deletes a queue with all that was confirmed into it."""
        queue = self._rng.choice(["hub.sv.intake", "notify.sv", *(f"win.sv.{name}" for name in WINDOWS)])
        with Connection(self._stage.vhost_uri) as connection:
            connection.channel().queue_delete(queue)

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
    return HALF_OPEN_SECONDS if mode in {Mode.HALF_OPEN, Mode.ONE_WAY} else LONGEST
