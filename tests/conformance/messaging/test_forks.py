"""A window that exists twice: what contradicts is quarantined, both are told, an operator lifts it (invariant 8)."""

from pathlib import Path

import pytest

from shared.messaging.dead_letters import DeadLetter
from tests.conformance.messaging.conftest import SqliteUrls
from tests.conformance.messaging.world import HUB, WINDOW, Node, World


@pytest.fixture
def hub(world: World, tmp_path: Path) -> Node:
    """A hub that heard a window's first message, and then its clone's, at the same place."""
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    hub.hears()
    world.urls = SqliteUrls(tmp_path / "clone")
    clone = world.node(WINDOW, epoch=window.epoch)
    clone.says("case-9")
    clone.sends()
    hub.hears()
    return hub


@pytest.fixture
def letter(hub: Node) -> DeadLetter:
    [found] = hub.letters()
    return found


def test_a_clone_at_the_same_place_with_another_id_is_quarantined_and_its_name_is_told(hub: Node, letter: DeadLetter):
    assert hub.heard() == [("case-1", 1)]
    assert letter.reason.startswith("fork")
    assert hub.told[-1].forked_since == letter.first_at
    assert hub.through(WINDOW) == 1


def test_a_quarantined_letter_is_taken_once_beside_the_sequence_when_an_operator_replays_it(hub: Node, letter: DeadLetter):
    assert hub.inbox.replay(letter.id).took_effect
    assert hub.heard() == [("case-1", 1), ("case-9", 1)]
    assert hub.told[-1].forked_since is None
    assert hub.inbox.replay(letter.id).reason == "it was replayed before"
    assert hub.inbox.discard(letter.id).reason == "it was replayed before"
    hub.inbox.take([letter.raw])
    assert hub.heard() == [("case-1", 1), ("case-9", 1)]


def test_a_discarded_letter_lifts_the_alarm_and_waits_again_when_its_sender_is_still_there(hub: Node, letter: DeadLetter):
    assert hub.inbox.discard(letter.id).took_effect
    assert hub.letters() == []
    assert hub.told[-1].forked_since is None
    assert hub.inbox.replay(letter.id).reason == "it was discarded before"
    hub.inbox.take([letter.raw])
    assert [(again.id, again.count) for again in hub.letters()] == [(letter.id, 2)]
    assert hub.told[-1].forked_since == letter.first_at
