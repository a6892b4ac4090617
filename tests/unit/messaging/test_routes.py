"""The ways of contracts.md, Events, and none besides."""

import pytest

from shared.contracts.addresses import Address
from shared.errors import Broken
from shared.messaging.routes import address_of, broker_user, peer_user, route

WINDOW, HUB = Address.window("sv", "la-union"), Address.hub("sv")
NOTIFICATIONS, ALL = Address.notifications("sv"), Address.everyone("sv")


@pytest.mark.parametrize(
    ("sender", "to", "kind", "way"),
    [
        (WINDOW, HUB, "case.registered", ("intake.events", "sv.la-union.case.registered")),
        (HUB, WINDOW, "receipt", ("referrals.events", "sv.la-union.receipt")),
        (HUB, NOTIFICATIONS, "access.changed", ("referrals.events", "sv.notifications.access.changed")),
        (HUB, ALL, "directory.published", ("referrals.events", "sv.all.directory.published")),
        (NOTIFICATIONS, HUB, "position", ("notifications.events", "sv.hub.position")),
    ],
)
def test_each_way_has_its_exchange_and_key(sender, to, kind, way):
    assert route(sender, to, kind) == way


@pytest.mark.parametrize(
    ("sender", "to"),
    [
        (WINDOW, NOTIFICATIONS), (WINDOW, Address.window("sv", "la-hachadura")), (WINDOW, Address.hub("gt")),
        (NOTIFICATIONS, WINDOW), (HUB, HUB), (HUB, Address.window("mx", "tapachula")),
    ],
)
def test_no_other_way_exists(sender, to):
    with pytest.raises(Broken):
        route(sender, to, "case.registered")


@pytest.mark.parametrize("address", [WINDOW, HUB, NOTIFICATIONS, ALL])
def test_an_address_is_read_back_from_its_key(address):
    assert address_of(address.key) == address


def test_each_has_a_broker_user_of_its_own():
    users = [broker_user(one) for one in (WINDOW, HUB, NOTIFICATIONS)]
    assert [*users, peer_user("gt")] == ["w.sv.la-union", "sv.hub", "sv.notifications", "peer.gt"]
