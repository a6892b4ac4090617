"""A message that ends the process which handles it: only it dies (anchors-reliability.md 7)."""

import threading
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging import topology
from shared.messaging.feed import Feed, FeedSettings
from shared.messaging.inbox import DELIVERED_TOO_OFTEN
from shared.messaging.management import Management
from shared.messaging.set_up import apply
from shared.messaging.trials import DEADLY
from tests.conformance.messaging.world import HUB, NODE, WINDOW, Node, World, running
from tests.servers import RabbitMQ, wait_until

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


def _gives_up(world: World, rabbitmq: RabbitMQ) -> None:
    """The broker buries all that waits for the hub: it is handed out and not answered more often than allowed."""
    apply(world.broker, NODE, [WINDOW.name], management=Management(rabbitmq.management_url, world.broker.uri))
    low = {**topology.POLICIES["ventanilla-queues"], "priority": 1}
    low["definition"] = {**low["definition"], "delivery-limit": 1}
    rabbitmq.call("PUT", f"/api/policies{urlsplit(world.broker.uri).path}/low", low)

    def all_dead() -> bool:
        with world.broker.connection() as connection:
            channel = connection.channel()
            while (message := channel.basic_get(topology.queue_of(HUB))) is not None:
                channel.basic_reject(message.delivery_tag, requeue=True)
            return channel.queue_declare(topology.DEAD_QUEUE, passive=True).message_count == 2

    wait_until(all_dead, seconds=30, what="both in the queue of the dead", every=0.2)


@pytest.mark.postgresql
def test_what_the_broker_itself_gives_up_counts_for_its_source_and_can_be_replayed(
    distributed_world: World, rabbitmq: RabbitMQ
):
    world = distributed_world
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    window.sends()
    _gives_up(world, rabbitmq)
    with running(Feed(FeedSettings(world.broker, topology.DEAD_QUEUE), hub.inbox.take_dead)):
        wait_until(lambda: len(hub.letters()) == 2, seconds=30, what="both letters")
    assert {letter.reason for letter in hub.letters()} == {DELIVERED_TOO_OFTEN}
    assert hub.through(WINDOW) == 2
    for letter in hub.letters():
        assert hub.inbox.replay(letter.id).took_effect
    assert sorted(hub.heard()) == [("case-1", 1), ("case-2", 1)]
