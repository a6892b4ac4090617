"""One seed, one window that exists twice: both halves of it live on, until somebody notices and ends it (invariant 8)."""

from collections.abc import Iterator
from dataclasses import replace

from shared.messaging.dead_letters import forks
from shared.messaging.ports import RawMessage
from tests.simulation import checker
from tests.simulation.checker import Held, Picture, held_by
from tests.simulation.node import HUB, WINDOW, Node
from tests.simulation.schedule import SUBJECTS, Schedule
from tests.simulation.store import TABLES

ROUNDS, MOST_ROUNDS = 4, 30
"""So many at least; and at most until both halves were told: they take their turns at one queue by chance."""
AFTERWARDS = (
    checker.not_settled, checker.not_converged, checker.not_learnt_back, checker.not_done, checker.not_told,
    checker.done_twice, checker.forked,
)
"""What must hold again when the clone is gone. What its receipts covered of the other half's stays in the old epoch."""


class Clones(Schedule):
    """A schedule in which the window's disk is copied, and both go on. No restores: they are the others' trouble."""

    twin: Node | None = None

    def run(self) -> list[str]:
        self.begin()
        self.chance.faults = replace(self.chance.faults, restored=0.0, rotten=0.0)
        self._delivered: set[str] = set()
        for _ in range(self.chance.random.randint(3, 12)):
            self._something()
        self._clone()
        for _ in range(self.chance.random.randint(10, 30)):
            self._something()
        self.mend()
        found = list(self._not_loud())
        for number in range(3, 3 + 2 * MOST_ROUNDS, 2):  # both tell how they stand, and an operator does nothing yet
            if number > 3 + 2 * ROUNDS and not found:
                break
            self._round(number)
            found = list(self._not_loud())
        self._end_it()
        for number in range(2, 2 + 2 * ROUNDS):
            self._round(number)
            self._does(self._hub, "discards what still came from the clone", self._hub.discards)
        return found + self._wrong_afterwards()

    def _clone(self) -> None:
        window = self.nodes[0]
        if window.is_down:
            self._boot(window)
        twin = Node(WINDOW, self.spare, self.around, relays=1, batch_size=window.batch_size)
        twin.disk.put_back(window.disk.copy())
        self.twin = twin
        self.nodes.append(twin)
        self._tell(WINDOW.name, "exists twice from now on")
        self._boot(twin)

    @property
    def _hub(self) -> Node:
        return next(node for node in self.nodes if node.me == HUB)

    def _deliver(self, node: Node) -> None:
        """A broker gives each consumer of a queue its turn."""
        halves = [one for one in self.nodes if one.me == WINDOW and not one.is_down]
        super()._deliver(self.chance.random.choice(halves) if node.me == WINDOW and halves else node)

    def _committed(self, node: Node) -> None:
        """Nobody of the two can know what the other was told: that is what the alarm is for."""
        if self.twin is None:
            super()._committed(node)

    def _take(self, node: Node, raws: list[RawMessage]) -> None:
        super()._take(node, raws)
        if node.me == HUB:
            read = (node.inbox._reader.read(raw).envelope for raw in raws)
            self._delivered |= {one.id for one in read if one is not None and one.sequence is not None}

    def _not_loud(self) -> Iterator[str]:
        """All that came is taken or quarantined; and while something is quarantined both halves have been told."""
        hub = self._hub
        known = held_by(hub).inbox.keys() | {row[0] for row in hub.disk.execute("SELECT event_id FROM dead_letters")}
        for event_id in sorted(self._delivered - known):
            yield f"silent: {event_id} came to the hub and left no trace"
        forked = forks(hub.disk.connection, TABLES.messaging)
        for half in [node for node in self.nodes if node.me == WINDOW]:
            if (WINDOW.source in forked) != half.exists_twice:
                yield f"silent: the hub has quarantined {forked} and a half of the window was told {half.exists_twice}"

    def _end_it(self) -> None:
        """The clone is switched off; letters are replayed, the rest discarded; the window begins a new life and saves all."""
        window, hub = self.nodes[0], self._hub
        if self.twin is not None:
            self.nodes.remove(self.twin)
        self._does(hub, "replays its dead letters", hub.replays)
        self._does(hub, "discards the others", hub.discards)
        self.chance.faults = replace(self.chance.faults, restored=1.0)
        self._copies[WINDOW.key] = [window.disk.copy()]
        self._restore(window)
        self.chance.faults = replace(self.chance.faults, restored=0.0)
        for subject in SUBJECTS:
            self._does(window, f"saves {subject} again", lambda subject=subject: window.tells(subject))

    def _wrong_afterwards(self) -> list[str]:
        picture = self.picture()
        picture = Picture({key: _of_this_life(held) for key, held in picture.nodes.items()}, picture.told, skipped=picture.skipped)
        return [fault for check in AFTERWARDS for fault in check(picture)]


def _of_this_life(held: Held) -> Held:
    return replace(held, said=[one for one in held.said if one.epoch in {held.epoch, None}])
