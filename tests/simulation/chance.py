"""What may go wrong in one schedule, and how often; all of it from the seed."""

import random
from dataclasses import dataclass, fields

RATES = (0.0, 0.0, 0.02, 0.1, 0.3)
"""Many schedules have only some faults: a rare pair is not hidden behind the loudest (swarm testing)."""


class Crash(BaseException):
    """The process of ``name`` is killed here. Not an ``Exception``: nothing that survives errors survives this."""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(f"{name} killed at {where}")
        self.name = name


@dataclass(frozen=True)
class Faults:
    """Chances between 0 and 1, each of its own kind of event."""

    # of a message on its way
    lost: float = 0.0  # the broker said yes and lost it
    twice: float = 0.0
    delayed: float = 0.0
    refused: float = 0.0  # nack
    returned: float = 0.0
    unanswered: float = 0.0  # taken or not, no answer comes in time
    cut: float = 0.0  # the connection breaks while a batch is published
    disordered: float = 0.0  # a consumer gets any message first
    # of a step of a process
    crash: float = 0.0
    away: float = 0.0  # of its database
    unacked: float = 0.0  # the consumer's connection breaks after commit, before the ack
    meanwhile: float = 0.0  # something else happens while a batch is published
    poison: float = 0.0  # an event that its consumer cannot take, until it is mended
    # of the world, per step of the schedule
    restored: float = 0.0
    rotten: float = 0.0  # the hub forgets something and does not notice
    clock: float = 0.0
    queue_lost: float = 0.0
    broker_down: float = 0.0


RARE = {"crash": 0.1, "away": 0.1, "restored": 0.25, "rotten": 0.25, "clock": 0.25, "queue_lost": 0.2, "broker_down": 0.2}
"""Asked at many more places, or hitting much harder, than the others: their rates are scaled down."""


def faults_of(seed: random.Random) -> Faults:
    """The faults of one schedule; one in sixteen has none at all."""
    if seed.random() < 1 / 16:
        return Faults()
    chosen = {each.name: seed.choice(RATES) * RARE.get(each.name, 1.0) for each in fields(Faults)}
    return Faults(**{**chosen, "meanwhile": seed.choice((0.0, 0.3, 0.6))})


class Chance:
    """The one source of randomness of a schedule."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(f"ventanilla {seed}")
        self.faults = faults_of(self.random)

    def of(self, rate: float) -> bool:
        return rate > 0.0 and self.random.random() < rate
