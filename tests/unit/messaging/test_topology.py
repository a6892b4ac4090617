"""Queues, bindings and policies are those of contracts.md and anchors-reliability.md 2."""

import re

from shared.messaging.topology import POLICIES, Binding, bindings, definitions


def test_every_queue_and_binding_is_the_contracts():
    assert bindings("sv", ["la-union"]) == [
        Binding("hub.sv.intake", "intake.events", "sv.#"),
        Binding("hub.sv.intake", "notifications.events", "sv.hub.#"),
        Binding("notify.sv", "referrals.events", "sv.notifications.#"),
        Binding("fed.sv.in", "federation.events", "sv.#"),
        Binding("win.sv.la-union", "referrals.events", "sv.la-union.#"),
        Binding("win.sv.la-union", "referrals.events", "sv.all.#"),
    ]


def test_all_queues_are_quorum_and_fall_under_the_policy_but_the_two_nets():
    queues = definitions("sv", ["la-union"])["queues"]
    assert {queue["arguments"]["x-queue-type"] for queue in queues} == {"quorum"}
    outside = {queue["name"] for queue in queues if not re.search(POLICIES["ventanilla-queues"]["pattern"], queue["name"])}
    assert outside == {"dead", "unrouted"}


def test_intake_events_has_no_alternate_exchange():
    pattern = POLICIES["ventanilla-unrouted"]["pattern"]
    assert not re.search(pattern, "intake.events")
    assert re.search(pattern, "federation.events")


def test_the_committed_definitions_hold_no_user():
    assert {"users", "permissions", "topic_permissions"}.isdisjoint(definitions("sv", ["la-union"]))


def test_what_a_window_writes_reaches_the_hub_alone():
    heard = {binding.queue for binding in bindings("sv", ["la-union", "la-hachadura"]) if binding.exchange == "intake.events"}
    assert heard == {"hub.sv.intake"}
