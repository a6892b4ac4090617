"""A broker that keeps the promises of RabbitMQ and no other: it may lose, repeat, delay and disorder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging.ports import Outcome, Outgoing, RawMessage
from shared.messaging.publisher import Confirms
from shared.messaging.routes import INTAKE, NOTIFICATIONS, SKIPPED
from tests.simulation.chance import Chance
from tests.simulation.clocks import START, Time

MOST_DELIVERIES = 6
"""Deliveries without an ack after which a message goes to the queue of the dead (100 in earnest)."""
DEAD = "dead"


@dataclass(frozen=True)
class Waiting:
    """A message in a queue, which nobody gets before ``at``."""

    raw: RawMessage
    at: datetime = START


class Broker:
    """The queues of one hub's broker. ``embedded`` loses at close what was not acknowledged, as ``memory://`` does."""

    def __init__(self, chance: Chance, time: Time, *, embedded: bool) -> None:
        self._chance = chance
        self._time = time
        self.embedded = embedded
        self.is_down = False
        self.queues: dict[str, list[Waiting]] = {}
        self.places: dict[tuple[str, str, str, int], str] = {}
        self.forks: list[tuple[str, str, str, int]] = []
        self.skipped: set[str] = set()

    def put(self, message: Outgoing) -> None:
        """Keep a message, or not: the promise is broken here if it is."""
        self._note_place(message)
        faults = self._chance.faults
        if self._chance.of(faults.lost):
            return
        raw = RawMessage(message.body, message.exchange, message.routing_key, {"signature": message.signature})
        for _ in range(2 if self._chance.of(faults.twice) else 1):
            late = self._chance.random.choice((1, 20, 90, 1800)) if self._chance.of(faults.delayed) else 0
            queue = self.queues.setdefault(queue_of(message.exchange, message.routing_key), [])
            queue.append(Waiting(raw, self._time.now + timedelta(seconds=late)))

    def fetch(self, queue: str, most: int) -> list[Waiting]:
        """Hand out what may be had now; it is the consumer's until it answers or goes."""
        waiting = self.queues.get(queue, [])
        ready = [one for one in waiting if one.at <= self._time.now]
        if self._chance.of(self._chance.faults.disordered):
            self._chance.random.shuffle(ready)
        found = ready[:most]
        taken = {id(one) for one in found}
        self.queues[queue] = [one for one in waiting if id(one) not in taken]
        return found

    def has_for(self, queue: str) -> bool:
        return any(one.at <= self._time.now for one in self.queues.get(queue, ()))

    def give_back(self, queue: str, held: Sequence[Waiting]) -> None:
        """The consumer went without an answer."""
        if self.embedded:
            return
        for one in held:
            again = replace(one.raw, deliveries=one.raw.deliveries + 1)
            to = DEAD if again.deliveries >= MOST_DELIVERIES else queue
            self.queues.setdefault(to, []).insert(0, replace(one, raw=again))

    def lose(self, queue: str) -> None:
        self.queues[queue] = []

    def _note_place(self, message: Outgoing) -> None:
        body = orjson.loads(message.body)
        if "sequence" in body:
            place = queue_of(message.exchange, message.routing_key), body["source"], body["epoch"], body["sequence"]
            if self.places.setdefault(place, body["id"]) != body["id"]:
                self.forks.append(place)
            if body["type"].endswith(SKIPPED):
                self.skipped.add(body["id"])


def queue_of(exchange: str, routing_key: str) -> str:
    """The queue that is bound for this key, by the key of its address."""
    if exchange in {INTAKE, NOTIFICATIONS}:
        return Address.hub(routing_key.partition(".")[0]).key
    return ".".join(routing_key.split(".")[:2])


class SimulatedPublisher:
    """The ``Publisher`` port, counting with the real ``Confirms`` what this broker answers."""

    def __init__(
        self, broker: Broker, chance: Chance, *, step: Callable[[str], None], meanwhile: Callable[[], None]
    ) -> None:
        self._broker = broker
        self._chance = chance
        self._step = step
        self._meanwhile = meanwhile
        self._confirms = Confirms()
        self._tag = 0

    def ready(self) -> None:
        if self._broker.is_down:
            raise TryAgain("the broker is away")

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        self._step("publish")
        self._confirms.begin()
        answers: list[tuple[int, str, Outgoing]] = []
        cut = False
        for message in messages:
            self._tag += 1
            self._confirms.published(message.id)
            cut = cut or self._broker.is_down or self._chance.of(self._chance.faults.cut / 10)
            answer = "none" if cut else self._accepted(message)
            if answer != "none":
                answers.append((self._tag, answer, message))
            self._step("published")
        self._meanwhile()
        self._answer(answers)
        self._step("confirmed")
        outcomes = self._confirms.outcomes
        if self._confirms.waiting:  # as the real one: away with the connection, and with its tags
            self._confirms, self._tag = Confirms(), 0
        return {message.id: outcomes.get(message.id, Outcome.UNKNOWN) for message in messages}

    def close(self) -> None:
        """Nothing is held."""

    def _accepted(self, message: Outgoing) -> str:
        faults, chance = self._chance.faults, self._chance
        if chance.of(faults.returned):
            return "return"
        if chance.of(faults.refused):
            return "nack"
        if chance.of(faults.unanswered):
            if chance.of(0.5):
                self._broker.put(message)
            return "none"
        self._broker.put(message)
        return "ack"

    def _answer(self, answers: Sequence[tuple[int, str, Outgoing]]) -> None:
        """Returns before their acks; acks singly in any order, or the last for all when nothing else is open."""
        for tag, answer, message in answers:
            if answer == "return":
                self._confirms.returned(None, message.exchange, message.routing_key, _Returned(message.id))
            if answer == "nack":
                self._confirms.nacked(tag, multiple=False)
        acked = [tag for tag, answer, _ in answers if answer != "nack"]
        if acked and self._confirms.waiting == len(acked) and self._chance.of(0.5):
            self._confirms.acked(acked[-1], multiple=True)
            return
        self._chance.random.shuffle(acked)
        for tag in acked:
            self._confirms.acked(tag, multiple=False)


@dataclass(frozen=True)
class _Returned:
    """What a returned message shows of itself."""

    id: str

    @property
    def properties(self) -> dict[str, str]:
        return {"message_id": self.id}
