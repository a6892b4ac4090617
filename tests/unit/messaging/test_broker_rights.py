"""Who may write and read what, by anchors-reliability.md 3; that a broker holds to it is told in tests/integration."""

import hashlib
import re
from base64 import b64decode

import pytest

from shared.contracts.addresses import Address
from shared.messaging.broker_rights import own_rights, rights_of, rights_of_peer, users_in_definitions
from shared.messaging.routes import route
from shared.messaging.topology import EXCHANGES, queue_of

HUB, NOTIFICATIONS = Address.hub("sv"), Address.notifications("sv")
LA_UNION, LA_HACHADURA = Address.window("sv", "la-union"), Address.window("sv", "la-hachadura")
EVERYBODY = (HUB, NOTIFICATIONS, LA_UNION, LA_HACHADURA)


def may_send(rights, exchange: str, key: str) -> bool:
    return bool(re.search(rights.permissions["write"], exchange) and re.search(rights.write_keys, key))


@pytest.mark.parametrize(
    ("sender", "to", "kind"),
    [
        (LA_UNION, HUB, "case.registered"), (HUB, LA_UNION, "referral.updated"), (HUB, LA_HACHADURA, "receipt"),
        (HUB, NOTIFICATIONS, "access.changed"), (HUB, Address.everyone("sv"), "directory.published"),
        (NOTIFICATIONS, HUB, "position"), (LA_UNION, HUB, "sequence.skipped"),
    ],
)
def test_everybody_may_say_what_is_theirs_to_say_and_nobody_else_may(sender, to, kind):
    exchange, key = route(sender, to, kind)
    assert {one for one in EVERYBODY if may_send(rights_of(one), exchange, key)} == {sender}


@pytest.mark.parametrize("key", ["sv.la-union2.visit.recorded", "sv.la-unionX", "sv.la-union", "gt.la-union.visit.recorded", "x.sv.la-union.a"])
def test_a_key_that_only_looks_like_a_windows_own_is_not(key):
    assert not may_send(rights_of(LA_UNION), "intake.events", key)


@pytest.mark.parametrize("me", EVERYBODY)
def test_everybody_reads_their_own_queue_and_the_hub_the_dead_ones_too(me):
    read = re.compile(rights_of(me).read)
    queues = [*(queue_of(one) for one in EVERYBODY), "win.sv.la-union2", "dead", "unrouted", "fed.sv.in"]
    assert {queue for queue in queues if read.search(queue)} == {queue_of(me)} | ({"dead"} if me == HUB else set())


@pytest.mark.parametrize("rights", [*own_rights("sv", ["la-union"]), rights_of_peer("sv", "gt")], ids=lambda one: one.user)
def test_nobody_declares_or_binds_and_each_writes_one_exchange_under_keys_that_are_limited(rights):
    assert rights.permissions["configure"] == "^$"
    assert rights.topic_permissions["read"] == "^$"
    assert [one for one in EXCHANGES if re.search(rights.permissions["write"], one)] == [rights.exchange]
    assert not re.search(rights.permissions["write"], "")  # the default exchange
    assert rights.write_keys not in {"", ".*"}


def test_a_peer_puts_in_what_is_from_it_to_us_and_reads_nothing():
    rights = rights_of_peer("sv", "gt")
    assert may_send(rights, "federation.events", "sv.gt.referral.requested")
    assert not may_send(rights, "federation.events", "sv.mx.referral.requested")
    assert not may_send(rights, "federation.events", "gt.sv.receipt")
    assert not re.search(rights.read, "fed.sv.in")


def test_users_of_a_definitions_file_have_hashes_and_both_rows_or_are_left_out():
    made = users_in_definitions(own_rights("sv", ["la-union"]), {"w.sv.la-union": "hunter2", "boss": "other"}, operator="boss")
    assert [(user["name"], user["tags"]) for user in made["users"]] == [("boss", ["administrator"]), ("w.sv.la-union", [])]
    kept = b64decode(str(made["users"][1]["password_hash"]))
    assert kept[4:] == hashlib.sha256(kept[:4] + b"hunter2").digest()
    assert [row["user"] for row in made["topic_permissions"]] == ["w.sv.la-union"]
    assert "hunter2" not in str(made)
