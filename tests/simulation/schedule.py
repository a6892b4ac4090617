"""One seed, one schedule: what happens, in which order, until all is mended and has come home."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from shared.errors import TryAgain
from shared.messaging.ports import RawMessage
from tests.simulation.broker import DEAD, Broker
from tests.simulation.chance import Chance, Crash, Faults
from tests.simulation.checker import Picture, faults_in, lies_of, picture_of
from tests.simulation.clocks import Ids, Time
from tests.simulation.node import HUB, NOTIFICATIONS, WINDOW, Around, Node
from tests.simulation.store import Disk, Rows

ADDRESSES = (WINDOW, HUB, NOTIFICATIONS)
SUBJECTS = tuple(f"case-{number}" for number in range(6))
PAUSES = (0.01, 0.1, 1.0, 5.0, 20.0, 61.0, 130.0, 700.0, 4000.0)
ROUNDS = 10
"""Rounds of draining after which what has not come home never will: six hours of the world, resends included."""
ROUND_SECONDS = 2200.0
MOST_HOPS = 16
"""Hops within one round: a hub asks, a window tells all that it holds and that it is done, notifications hear of it, and the receipts of each."""
DAY = timedelta(days=1)
LATEST_COPIES = 3
"""Copies of a disk that a restore may take: older ones know of nothing that others still speak of."""


class Schedule:
    """The world of one seed. ``run`` returns what is wrong in the end; empty when all is as promised."""

    def __init__(
        self, seed: int, disks: list[Disk], ids: Ids, *, spare: Disk, story: list[str] | None = None
    ) -> None:
        self.spare = spare
        self.chance = Chance(seed)
        self.time = Time()
        self.story = story
        random = self.chance.random
        self.broker = Broker(self.chance, self.time, embedded=random.random() < 0.25)
        self.around = Around(self.chance, self.time, self.broker, self._meanwhile, self._committed)
        batch_size = random.choice((3, 20, 100))
        self.nodes = [
            Node(me, disk, self.around, relays=2 if me == HUB else 1, batch_size=batch_size)
            for me, disk in zip(ADDRESSES, disks, strict=True)
        ]
        self.ids = ids
        self.lies: list[str] = []
        self._knew: dict[tuple[str, str], str] = {}
        self._copies: dict[str, list[Rows]] = {}
        self._incarnation = 1
        self._depth = 0

    def run(self) -> list[str]:
        """What is wrong in the end."""
        self.begin()
        for _ in range(self.chance.random.randint(15, 40)):
            self._something()
            if self.lies:
                return self.lies
        self.mend()
        return self._drain()

    def begin(self) -> None:
        """Every process starts."""
        self._tell("faults", str(self.chance.faults))
        for node in self.nodes:
            self._boot(node)
            self._copies[node.me.key] = [node.disk.copy()]

    def mend(self) -> None:
        """Nothing fails any more; clocks stay as wrong as they are."""
        self.around.mended = True
        self.chance.faults = Faults()
        self.broker.is_down = False
        self._tell("world", "is mended")
        for node in self.nodes:
            if node.is_down:
                self._boot(node)

    # what may happen

    def _something(self) -> None:
        random, faults = self.chance.random, self.chance.faults
        node = random.choice(self.nodes)
        for rate, event in (
            (faults.restored, self._restore), (faults.clock, self._turn_clock),
            (faults.queue_lost, self._lose_queue), (faults.broker_down, self._toggle_broker), (faults.rotten, self._rot),
        ):
            if self.chance.of(rate):
                event(node)
        if node.is_down:
            self._boot(node)
        happens = random.choices(
            (self._act, self._send, self._deliver, self._exchange, self._pass, self._stand, self._copy, self._turn),
            (5, 5, 5, 4, 4, 1, 3, 2),
        )[0]
        happens(node)

    def _act(self, node: Node) -> None:
        random = self.chance.random
        subject, times = random.choice(SUBJECTS), random.choice((1, 2, 5))
        if node.me == WINDOW and random.random() < 0.05:
            self._does(node, f"erases {subject}", lambda: node.erases(subject))
        elif node.me != NOTIFICATIONS:
            for _ in range(times):
                self._does(node, f"tells {subject}", lambda: node.tells(subject))

    def _send(self, node: Node) -> None:
        relay = self.chance.random.randrange(len(node.relays))
        self._does(node, f"relay {relay} takes a turn", node.relays[relay].turn)

    def _exchange(self, _node: Node) -> None:
        """A quiet moment: whoever is up sends and hears."""
        for node in [node for node in self.nodes if not node.is_down]:
            self._send(node)
            if not node.is_down:
                self._deliver(node)
            if not node.is_down:
                self._turn(node)

    def _deliver(self, node: Node) -> None:
        if self.broker.is_down:
            return
        held = self.broker.fetch(node.me.key, self.chance.random.choice((1, 3, 100)))
        raws = [one.raw for one in held]
        if held and not self._does(node, f"takes {len(held)}", lambda: self._take(node, raws)):
            self.broker.give_back(node.me.key, held)
        elif held and self.chance.of(self.chance.faults.unacked):
            self._tell(node.me.name, "loses its connection before the ack")
            self.broker.give_back(node.me.key, held)
        if node.me == HUB and self.broker.queues.get(DEAD):
            self._take_dead(node)

    def _take_dead(self, hub: Node) -> None:
        held = self.broker.fetch(DEAD, 100)
        raws = [one.raw for one in held]
        if held and not self._does(hub, f"takes {len(held)} dead", lambda: hub.inbox.take_dead(raws)):
            self.broker.queues.setdefault(DEAD, []).extend(held)

    def _take(self, node: Node, raws: list[RawMessage]) -> None:
        node.takes(raws)
        taken = node.taken
        if taken.applied + taken.duplicates + taken.dead != len(raws):
            self.lies.append(f"conservation: {node.me.name} was given {len(raws)} and answers {taken}")

    def _pass(self, _node: Node) -> None:
        seconds = self.chance.random.choice(PAUSES)
        self.time.passes(seconds)
        self._tell("time", f"passes, {seconds} s")

    def _stand(self, node: Node) -> None:
        self._does(node, "tells how it stands", node.tells_how_it_stands)

    def _turn(self, node: Node) -> None:
        if node.me != NOTIFICATIONS:
            self._does(node, "takes its turn", node.turns)

    def _rot(self, _node: Node) -> None:
        subject = self.chance.random.choice(SUBJECTS)
        hub = next(node for node in self.nodes if node.me == HUB)
        if not hub.database.in_transaction:
            hub.rots(subject)
            self._tell(hub.me.name, f"has its {subject} rotten")

    def _copy(self, node: Node) -> None:
        self._copies[node.me.key].append(node.disk.copy())
        self._tell(node.me.name, "is copied")

    def _restore(self, node: Node) -> None:
        if node.database.in_transaction:
            return
        with self._acting(node):
            self._incarnation += 1
            right, node.clock.wrong_by = node.clock.wrong_by, DAY  # its epoch is above all that it ever had
            node.restore(self.chance.random.choice(self._copies[node.me.key][-LATEST_COPIES:]), self._incarnation)
            node.clock.wrong_by = right
        self._knew = {pair: epoch for pair, epoch in self._knew.items() if pair[0] != node.me.key}
        self._tell(node.me.name, "is restored from a copy")
        self._boot(node)
        self._stand(node)
        self._send(node)

    def _turn_clock(self, node: Node) -> None:
        node.clock.wrong_by = self.chance.random.choice((-DAY, timedelta(), DAY))
        self._tell(node.me.name, f"has its clock wrong by {node.clock.wrong_by}")

    def _lose_queue(self, node: Node) -> None:
        self.broker.lose(node.me.key)
        self._tell(node.me.name, "has its queue lost")

    def _toggle_broker(self, _node: Node) -> None:
        self.broker.is_down = not self.broker.is_down
        self._tell("broker", "goes down" if self.broker.is_down else "comes back")

    def _meanwhile(self, sender: Node) -> None:
        """While ``sender`` waits for its confirms the world goes on, and its own inbox too."""
        if self._depth or self.around.mended or not self.chance.of(self.chance.faults.meanwhile):
            return
        self._depth += 1
        for _ in range(self.chance.random.randint(1, 3)):
            if not sender.is_down:
                self._meanwhile_once(sender)
        self._depth -= 1
        if sender.is_down:
            raise Crash(sender.me.name, "meanwhile")

    def _meanwhile_once(self, sender: Node) -> None:
        node = self.chance.random.choice((sender, *self.nodes))
        if node.is_down:
            return
        happens = self.chance.random.choice((self._act, self._send, self._deliver, self._pass, self._stand))
        if happens == self._send and node is sender and len(node.relays) == 1:
            return  # one relay is one thread
        happens(node)

    # how it happens

    def _does(self, node: Node, what: str, act: Callable[[], object]) -> bool:
        """Let ``node`` do something; whether it lived through it and was done."""
        self._tell(node.me.name, what)
        try:
            with self._acting(node):
                act()
        except TryAgain as error:
            self._tell(node.me.name, f"will try again: {error}")
            return False
        except Crash as error:
            self._tell(node.me.name, str(error))
            node.kill()
            return False
        return True

    @contextmanager
    def _acting(self, node: Node) -> Iterator[None]:
        before, self.ids.clock = self.ids.clock, node.clock
        try:
            yield
        finally:
            self.ids.clock = before

    def _boot(self, node: Node) -> None:
        with self._acting(node):
            node.boot()
        self._tell(node.me.name, "starts")

    def _tell(self, who: str, what: str) -> None:
        if self.story is not None:
            self.story.append(f"{'  ' * self._depth}{self.time.now:%d %H:%M:%S.%f} {who} {what}")

    def _committed(self, node: Node) -> None:
        """After each commit: nobody shows as received what its destination does not hold."""
        self.lies += lies_of(node, self.nodes, self._knew)

    # how it ends

    def _drain(self) -> list[str]:
        """Then all must come home, soon."""
        found: list[str] = []
        for number in range(ROUNDS):
            self._round(number)
            found = self.lies or faults_in(self.picture())
            if self.lies or not found:
                break
        return found

    def _round(self, number: int) -> None:
        """Time passes (hardly any at first: what is on its way comes home without being sent again); who must tell how it stands does; then all send and hear until nothing moves."""
        self.time.passes(ROUND_SECONDS if number else 1.0)
        for node in self.nodes:
            if number == 1:
                self._does(node, "replays its dead letters", node.replays)
            if number % 2:
                self._stand(node)
            self._turn(node)
            self._send(node)
        for _ in range(MOST_HOPS):
            moving = [node for node in self.nodes if self.broker.has_for(node.me.key) or node.has_to_say()]
            if not moving:
                return
            for node in moving:
                self._deliver(node)
                self._turn(node)
                if node.has_to_say():
                    self._send(node)

    def picture(self) -> Picture:
        return picture_of(self.nodes, self.broker, self.around.told)
