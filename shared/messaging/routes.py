"""Which exchange and routing key lead from whom to whom (contracts.md, Events). One function for both ends.

The relay publishes by it; the inbox holds what arrives against it, so that a routing key is never believed.
"""

from shared.contracts.addresses import Address
from shared.errors import Broken

INTAKE = "intake.events"
REFERRALS = "referrals.events"
NOTIFICATIONS = "notifications.events"
FEDERATION = "federation.events"
SKIPPED = "sequence.skipped"
"""Type of a message that only fills its place in the sequence: what stood there can no longer be told."""


def route(sender: Address, to: Address, kind: str) -> tuple[str, str]:
    """Exchange and routing key of an event of type ``kind``; ``Broken`` for a way that does not exist."""
    here = sender.node == to.node
    if here and sender.is_window and to.name == "hub":
        return INTAKE, f"{sender.key}.{kind}"
    if here and sender.name == "hub" and to.name != "hub":
        return REFERRALS, f"{to.key}.{kind}"
    if here and sender.name == "notifications" and to.name == "hub":
        return NOTIFICATIONS, f"{to.key}.{kind}"
    message = f"no way leads from {sender.key} to {to.key}"
    raise Broken(message)


def address_of(key: str) -> Address:
    """The address whose key this is (``sv.la-union``), as the outbox keeps it."""
    node, _, name = key.partition(".")
    return Address(node, name)


def is_for_all(to: Address) -> bool:
    """Whether this goes to every window of a node: signed, but sealed for nobody."""
    return to.name == "all"


def broker_user(address: Address) -> str:
    """The broker user of a window, a hub or its notifications (anchors-reliability.md 3)."""
    return f"w.{address.key}" if address.is_window else address.key


def peer_user(peer: str) -> str:
    """The broker user that another country's hub has here; ``peer`` is its node."""
    return f"peer.{peer}"
