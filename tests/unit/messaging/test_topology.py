"""Queues, bindings and permissions are those of contracts.md and anchors-reliability.md 2 and 3."""

import re

from shared.contracts.addresses import Address
from shared.messaging.topology import POLICIES, Binding, bindings, definitions, queue_of, window_access


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


def test_a_window_may_write_its_own_keys_and_read_its_own_queue_only():
    access = window_access(Address.window("sv", "la-union"))
    may_write = re.compile(access.topic_permissions["write"])
    assert may_write.search("sv.la-union.case.registered")
    assert not may_write.search("sv.la-union2.case.registered")
    assert not may_write.search("sv.la-hachadura.case.registered")
    may_read = re.compile(access.permissions["read"])
    assert may_read.search(queue_of(Address.window("sv", "la-union")))
    assert not may_read.search("win.sv.la-union2")
    assert access.permissions["configure"] == "^$"
