"""Nobody is believed: signer, source, routing key, broker user and seal must agree (invariant 25)."""

from dataclasses import replace

import pytest

from shared.messaging.ports import RawMessage
from tests.conformance.messaging.world import HUB, NOTIFICATIONS, OTHER_WINDOW, WINDOW, World


@pytest.fixture
def world(embedded_world: World) -> World:
    return embedded_world


def sent(world: World) -> tuple[RawMessage, object]:
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    return hub.fetch()[0], hub


def dies_of(hub, message: RawMessage) -> str:
    hub.inbox.take([message])
    assert hub.heard() == []
    assert hub.through(WINDOW) == 0
    return hub.letters()[0].reason


def test_a_good_message_is_believed(world: World):
    message, hub = sent(world)
    hub.inbox.take([replace(message, user_id="w.sv.la-union")])
    assert hub.heard() == [("case-1", 1)]


def test_another_windows_broker_user_is_quarantined(world: World):
    message, hub = sent(world)
    reason = dies_of(hub, replace(message, user_id="w.sv.la-hachadura"))
    assert reason == "quarantine: source and broker user do not agree"


def test_another_windows_routing_key_is_quarantined(world: World):
    message, hub = sent(world)
    reason = dies_of(hub, replace(message, routing_key="sv.la-hachadura.visit.recorded"))
    assert reason == "quarantine: source and routing key do not agree"


def test_a_source_that_the_signer_is_not_is_quarantined(world: World):
    message, hub = sent(world)
    body = message.body.replace(b"/windows/la-union", b"/windows/la-hachadura")
    signature = world.node(WINDOW).keyring.sign(body)
    forged = replace(message, body=body, headers={"signature": signature})
    assert dies_of(hub, forged) == "quarantine: source and signer do not agree"


def test_one_changed_byte_is_quarantined(world: World):
    message, hub = sent(world)
    assert dies_of(hub, replace(message, body=message.body.replace(b"case-1", b"case-2"))).startswith("quarantine")


def test_what_is_not_signed_is_quarantined(world: World):
    message, hub = sent(world)
    assert dies_of(hub, replace(message, headers={})) == "quarantine: it is not signed"


def test_bytes_that_mean_nothing_are_quarantined(world: World):
    _, hub = sent(world)
    garbage = b"\x00\xff garbage"
    signature = world.node(WINDOW).keyring.sign(garbage)
    message = RawMessage(garbage, "intake.events", "sv.la-union.x", {"signature": signature})
    assert dies_of(hub, message) == "quarantine: the body is not JSON"


def test_a_quarantined_message_takes_no_place_from_the_true_one(world: World):
    message, hub = sent(world)
    dies_of(hub, replace(message, headers={}))
    hub.inbox.take([message])
    assert hub.heard() == [("case-1", 1)]
    assert hub.through(WINDOW) == 1


def test_a_message_for_another_destination_is_quarantined(world: World):
    hub, window = world.node(HUB), world.node(WINDOW)
    hub.says("case-1", to=OTHER_WINDOW)
    hub.sends()
    [message] = world.node(OTHER_WINDOW).fetch()
    window.inbox.take([message])
    assert window.heard() == []
    assert window.letters()[0].reason == "quarantine: source and routing key do not agree"


def test_a_sealed_part_taken_from_another_envelope_dies_and_counts(world: World):
    import orjson

    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    window.sends()
    first, second = hub.fetch()
    one, two = orjson.loads(first.body), orjson.loads(second.body)
    one["data"] = two["data"]
    body = orjson.dumps(one)
    hub.inbox.take([replace(first, body=body, headers={"signature": window.keyring.sign(body)})])
    assert hub.heard() == []
    assert "belongs to another envelope" in hub.letters()[0].reason
    assert hub.through(WINDOW) == 1


def test_what_is_in_clear_but_should_be_sealed_dies(world: World):
    import orjson

    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    [message] = hub.fetch()
    clear = orjson.loads(message.body)
    clear["data"] = {"visit_id": "case-1", "occurred_on": "2026-11-23", "topics": []}
    body = orjson.dumps(clear)
    hub.inbox.take([replace(message, body=body, headers={"signature": window.keyring.sign(body)})])
    assert hub.letters()[0].reason == "it is not sealed"


def test_an_event_that_nobody_here_reacts_to_dies_and_counts(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    hub.inbox._reactions = {}
    hub.hears()
    assert hub.letters()[0].reason == "no reaction to visit.recorded here"
    assert hub.through(WINDOW) == 1


def test_notifications_cannot_speak_as_a_window(world: World):
    notifications, hub = world.node(NOTIFICATIONS), world.node(HUB)
    notifications.says("case-1", to=HUB)
    notifications.sends()
    [message] = hub.fetch()
    hub.inbox.take([replace(message, exchange="intake.events", routing_key="sv.la-union.resync.requested")])
    assert hub.heard() == []
    assert hub.letters()[0].reason == "quarantine: source and routing key do not agree"
