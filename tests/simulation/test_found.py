"""What the simulation found, each as small as it can be told."""

from datetime import timedelta

import pytest

from shared.contracts.standing import Standing
from shared.messaging.epochs import begin_epoch, epoch_of
from shared.messaging.settle import settle
from tests.simulation.node import HUB, Node
from tests.simulation.running import Runner
from tests.simulation.schedule import DAY, Schedule
from tests.simulation.store import TABLES

FIRST_LIFE, SECOND_LIFE = "01a00000-0000-7000-8000-000000000000", "01b00000-0000-7000-8000-000000000000"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(simulation: Runner) -> Schedule:
    """Nothing fails here but what the test does."""
    schedule = simulation.schedule(0)
    schedule.begin()
    schedule.mend()
    return schedule


@pytest.fixture
def window(world: Schedule) -> Node:
    return world.nodes[0]


def hears(window: Node, through: int, *, life: str = FIRST_LIFE, later: timedelta = timedelta(), of: str = "") -> None:
    """The hub's receipt, by the hub's clock."""
    with window.database.write() as connection:
        settle(
            connection, TABLES.messaging, destination=HUB, standing=Standing(through, of or window.epoch, life),
            told_at=window.around.time.now + later, now=window.clock.now(),
        )


def unsettled(window: Node) -> int:
    return len(window.disk.execute("SELECT id FROM outbox WHERE sequenced AND settled_at IS NULL"))


def waiting(world: Schedule) -> int:
    return len(world.broker.queues.get(HUB.key, []))


def test_a_clock_turned_back_does_not_keep_back_what_is_to_be_sent(world: Schedule, window: Node):
    window.clock.wrong_by = DAY
    window.tells("case-1")
    window.clock.wrong_by = timedelta()
    window.relays[0].turn()
    assert waiting(world) == 1


def test_a_clock_turned_back_does_not_end_the_resending(world: Schedule, window: Node):
    window.clock.wrong_by = DAY
    window.tells("case-1")
    window.relays[0].turn()
    world.broker.lose(HUB.key)
    window.clock.wrong_by = timedelta()
    window.relays[0].turn()
    assert waiting(world) == 1


def test_a_receipt_counts_though_the_hubs_clock_was_turned_back(window: Node):
    window.tells("case-1")
    window.tells("case-2")
    window.relays[0].turn()
    hears(window, 1)
    hears(window, 2, later=-DAY)
    assert unsettled(window) == 0


def test_a_late_receipt_that_says_less_takes_nothing_back(window: Node):
    window.tells("case-1")
    window.relays[0].turn()
    hears(window, 1)
    hears(window, 0, later=-MINUTE)
    assert unsettled(window) == 0


def test_a_late_receipt_from_before_the_hubs_restore_settles_nothing(window: Node):
    window.tells("case-1")
    window.relays[0].turn()
    hears(window, 0, life=SECOND_LIFE)
    hears(window, 1, life=FIRST_LIFE, later=-MINUTE)
    assert unsettled(window) == 1


def test_a_restored_hub_gets_again_what_an_older_life_of_the_window_had_settled(world: Schedule, window: Node):
    window.tells("case-1")
    window.relays[0].turn()
    hears(window, 1)
    window.restore(window.disk.copy(), incarnation=2)
    window.boot()
    window.tells("case-2")
    window.relays[0].turn()
    hears(window, 1, life=SECOND_LIFE)  # it knows case-2, and has forgotten case-1
    assert unsettled(window) == 1


def test_a_new_epoch_sorts_above_the_last_though_the_clock_was_turned_back(world: Schedule, window: Node):
    connection = window.disk.connection
    before = epoch_of(connection, TABLES.messaging)
    window.clock.wrong_by = -DAY
    world.ids.clock = window.clock
    assert begin_epoch(connection, TABLES.messaging) > before


def exchange(world: Schedule, *nodes: Node) -> None:
    for _ in range(3):
        for node in nodes:
            world._send(node)
        for node in nodes:
            world._deliver(node)


def test_a_hub_restored_to_before_it_heard_of_a_window_gets_again_what_that_window_shows_as_received(world: Schedule):
    window, hub, _ = world.nodes
    empty = hub.disk.copy()
    window.tells("case-1")
    exchange(world, window, hub)
    assert unsettled(window) == 0

    hub.restore(empty, incarnation=2)
    hub.boot()
    window.tells_how_it_stands()
    exchange(world, window, hub)
    assert hub.version_of("case-1", window.me.key) == window.version_of("case-1", "own")


def test_who_has_not_heard_of_a_life_is_answered_again_when_the_answer_was_lost_and_then_no_more(world: Schedule):
    window, hub, _ = world.nodes
    window.tells_how_it_stands()
    exchange(world, window)
    world._deliver(hub)
    world._send(hub)
    world.broker.lose(window.me.key)

    window.tells_how_it_stands()
    exchange(world, window, hub)
    assert window.disk.execute("SELECT destination_epoch FROM streams") == [(hub.epoch,)]
    assert not world.broker.has_for(window.me.key)
    assert not world.broker.has_for(hub.me.key)
    window.tells_how_it_stands()
    world._send(window)
    world._deliver(hub)
    assert not hub.has_to_say()
