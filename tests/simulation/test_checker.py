"""The checker finds what is planted: it is no proof of anything before."""

from collections.abc import Callable

import pytest

from tests.simulation.chance import Chance, Faults
from tests.simulation.checker import Picture, faults_in, lies_of, picture_of
from tests.simulation.node import HUB, NOTIFICATIONS, WINDOW
from tests.simulation.running import Runner
from tests.simulation.schedule import Schedule

QUIET = [seed for seed in range(200) if Chance(seed).faults == Faults()]
"""Seeds of which nothing fails."""


@pytest.fixture
def at_rest(simulation: Runner) -> Schedule:
    """A quiet schedule in which everybody had something to say."""
    for seed in QUIET:
        schedule = simulation.schedule(seed)
        assert schedule.run() == []
        if all(len(schedule.picture().nodes[node.key].said) >= 2 for node in (WINDOW, HUB)):
            return schedule
    pytest.fail("no quiet seed says enough to plant anything")


def first_taken(picture: Picture) -> str:
    """An event from the window that had its effect at the hub."""
    return next(one.id for one in picture.nodes[WINDOW.key].said if one.id in picture.nodes[HUB.key].effects)


def loses_a_received_event(picture: Picture) -> None:
    event_id = first_taken(picture)
    del picture.nodes[HUB.key].inbox[event_id], picture.nodes[HUB.key].effects[event_id]


def never_has_a_receipt(picture: Picture) -> None:
    picture.nodes[WINDOW.key].said[0].settled = False


def loses_a_case(picture: Picture) -> None:
    """An orphan: the window has it, and nobody will ever ask for it."""
    states = picture.nodes[HUB.key].states
    del states[next(key for key in states if key[1] == WINDOW.key)]


def loses_what_was_to_be_told(picture: Picture) -> None:
    states = picture.nodes[NOTIFICATIONS.key].states
    del states[next(key for key in states if key[1] == HUB.key)]


def holds_what_nobody_said(picture: Picture) -> None:
    picture.nodes[HUB.key].states["case-none", WINDOW.key] = (7, "")


def forgets_what_it_did(picture: Picture) -> None:
    """A restored hub that did not learn back: both hold the same version, and not the same."""
    states = picture.nodes[HUB.key].states
    for key, (version, _) in list(states.items()):
        if key[1] == "own":
            states[key] = (version, "something else")


def waits_for_ever_to_learn_back(picture: Picture) -> None:
    picture.nodes[HUB.key].states["case-1", "queued-unrouted"] = (1, "")


def does_it_twice(picture: Picture) -> None:
    effects = picture.nodes[HUB.key].effects
    event_id = first_taken(picture)
    effects[event_id] = (effects[event_id][0], 2)


def takes_without_a_trace(picture: Picture) -> None:
    del picture.nodes[HUB.key].effects[first_taken(picture)]


def acts_without_taking(picture: Picture) -> None:
    picture.nodes[HUB.key].effects["unheard"] = ("applied", 1)


def leaves_a_gap(picture: Picture) -> None:
    picture.nodes[WINDOW.key].said[0].sequence = 99


def counts_too_far(picture: Picture) -> None:
    position = next(key for key in picture.nodes[HUB.key].positions if key[0] == WINDOW.source)
    picture.nodes[HUB.key].positions[position] = (99, "[]")


def sends_two_for_one_place(picture: Picture) -> None:
    picture.forks = [("sv.hub", WINDOW.source, "epoch", 1)]


def takes_two_at_one_place(picture: Picture) -> None:
    inbox = picture.nodes[HUB.key].inbox
    inbox["another"] = inbox[first_taken(picture)]


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (loses_a_received_event, "lost"), (never_has_a_receipt, "stuck"), (loses_a_case, "orphan"),
        (loses_what_was_to_be_told, "orphan"), (holds_what_nobody_said, "unexpected"), (does_it_twice, "twice"),
        (takes_without_a_trace, "conservation"), (acts_without_taking, "conservation"), (leaves_a_gap, "gap"),
        (forgets_what_it_did, "forgotten"), (waits_for_ever_to_learn_back, "stuck"), (counts_too_far, "position"), (sends_two_for_one_place, "fork"), (takes_two_at_one_place, "fork"),
    ],
)
def test_what_is_planted_is_found_by_its_name(at_rest: Schedule, plant: Callable[[Picture], None], found: str):
    picture = at_rest.picture()
    plant(picture)
    assert found in {fault.split(":")[0] for fault in faults_in(picture)}


def test_a_receipt_for_what_the_hub_does_not_hold_is_a_lie(at_rest: Schedule):
    window, hub, _ = at_rest.nodes
    assert lies_of(window, at_rest.nodes, {}) == []
    hub.disk.execute("DELETE FROM inbox WHERE id = ?", (first_taken(at_rest.picture()),))
    assert [lie.split(":")[0] for lie in lies_of(window, at_rest.nodes, {})] == ["lie"]


def test_a_picture_is_of_what_the_disks_hold(at_rest: Schedule):
    window, hub, notifications = at_rest.nodes
    hub.disk.execute("DELETE FROM states WHERE role = ?", (WINDOW.key,))
    hub.disk.execute("UPDATE effects SET times = 2")
    notifications.disk.execute("DELETE FROM inbox")
    window.disk.execute("UPDATE streams SET last_sequence = last_sequence + 1")
    found = {fault.split(":")[0] for fault in faults_in(picture_of(at_rest.nodes, at_rest.broker, at_rest.around.told))}
    assert {"orphan", "twice", "lost", "gap"} <= found
