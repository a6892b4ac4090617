"""A message that ends the process which handles it: only it dies (anchors-reliability.md 7)."""

import threading
from dataclasses import replace

import pytest

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging.trials import DEADLY
from tests.conformance.messaging.world import HUB, WINDOW, Node, World
from tests.servers import wait_until

MOST_LIVES = 20


class Death(BaseException):
    """The process is gone: nothing of ours catches this."""


def new_life(world: World, me: Address) -> Node:
    """A new process on the same database, which the message kills as it killed the one before."""
    node = world.node(me)
    harmless = node._effect

    def effect(received, work):
        if received.envelope.subject == "deadly":
            raise Death
        harmless(received, work)

    node.inbox._reactions = {**node.inbox._reactions, "visit.recorded": effect}
    return node


def _survives(node: Node, through: int) -> bool:
    """Let it take what comes, up to this place; whether it was still alive in the end."""
    feed = node.feed(size=100)
    dead = threading.Event()

    def run() -> None:
        try:
            feed.run()
        except Death:
            dead.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_until(lambda: dead.is_set() or node.through(WINDOW) == through, seconds=60, what="the batch to be taken, or a death")
    finally:
        feed.stop()
        thread.join(10)
    return not dead.is_set()


@pytest.mark.rabbitmq
@pytest.mark.postgresql
@pytest.mark.parametrize("place", [0, 50, 99])
def test_a_message_that_ends_the_process_dies_alone_and_its_batch_gets_through(distributed_world: World, place: int):
    world = distributed_world
    window = world.node(WINDOW)
    subjects = [f"case-{number}" for number in range(99)]
    window.says(*subjects[:place], "deadly", *subjects[place:])
    window.sends()

    deaths = 0
    hub = new_life(world, HUB)
    while not _survives(hub, through=100):
        deaths += 1
        assert deaths < MOST_LIVES
        hub = new_life(world, HUB)
    assert sorted(hub.heard()) == sorted((subject, 1) for subject in subjects)
    assert [(letter.subject, letter.reason) for letter in hub.letters()] == [("deadly", DEADLY)]


def test_what_killed_is_buried_with_its_place_and_can_be_replayed(world: World):
    window = world.node(WINDOW)
    window.says("deadly", "case-2")
    window.sends()
    deadly, other = [replace(message, deliveries=2) for message in new_life(world, HUB).fetch()]
    for _ in range(3):
        with pytest.raises(Death):
            new_life(world, HUB).inbox.take([deadly])
    hub = new_life(world, HUB)
    hub.inbox.take([deadly])
    hub.inbox.take([other])
    assert hub.through(WINDOW) == 2
    [letter] = hub.letters()
    healthy = world.node(HUB)
    assert healthy.inbox.replay(letter.id).took_effect
    assert sorted(healthy.heard()) == [("case-2", 1), ("deadly", 1)]


def test_a_fault_that_passes_is_no_death(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    [message] = [replace(message, deliveries=2) for message in hub.fetch()]
    hub.away = TryAgain("the database is away")
    for _ in range(5):
        with pytest.raises(TryAgain):
            hub.inbox.take([message])
    hub.away = None
    hub.inbox.take([message])
    assert hub.heard() == [("case-1", 1)]
    assert hub.letters() == []


def test_two_deaths_may_be_somebody_elses_fault(world: World):
    window = world.node(WINDOW)
    window.says("deadly")
    window.sends()
    [message] = [replace(message, deliveries=2) for message in world.node(HUB).fetch()]
    for _ in range(2):
        with pytest.raises(Death):
            new_life(world, HUB).inbox.take([message])
    hub = world.node(HUB)
    hub.inbox.take([message])
    assert hub.heard() == [("deadly", 1)]
    assert hub.letters() == []
