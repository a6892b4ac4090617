"""What was written while our clock was a day ahead is not held up for a day when it is set right."""

import pytest

from services.notifications.use_cases.ports import Parcel
from tests.integration.notifications.test_batches import import_of
from tests.integration.notifications.test_delivering import Killed, delivery


def test_a_letter_entered_then_is_sent_now(world) -> None:
    world.clock.forward(days=1)
    world.hears(world.change("requested", "institution"))
    world.clock.forward(days=-1)
    world.delivers()
    assert len(world.sink.wait_for(2)) == 2


def test_a_claim_that_somebody_left_then_is_taken_over_now(world) -> None:
    world.clock.forward(days=1)
    world.hears(world.change("requested", "institution", by="colleague@pddh"))

    def die(parcel: Parcel) -> None:
        raise Killed

    crashing, _ = delivery(world, die)
    with pytest.raises(Killed):
        crashing.deliver_due()
    world.clock.forward(days=-1)
    again = world.another()
    again.deliveries.turn()
    world.clock.forward(minutes=1)
    again.deliveries.turn()
    again.close()
    assert (world.row("officer@pddh")["status"], world.row("officer@pddh")["unsure"]) == ("sent", 1)


def test_a_batch_that_came_then_is_told_of_now(world) -> None:
    world.clock.forward(days=1)
    world.hears(*import_of(world, 2))
    world.clock.forward(days=-1)
    world.delivers()
    assert len(world.sink.wait_for(2)) == 2
