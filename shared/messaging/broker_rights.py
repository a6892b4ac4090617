"""What each broker user may do (anchors-reliability.md 3): publish under its own keys, read its own queue, declare nothing.

Every user has two rows, and both must exist: without a topic permission RabbitMQ allows every key.
"""

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.addresses import Address
from shared.messaging.routes import FEDERATION, INTAKE, NOTIFICATIONS, REFERRALS, broker_user, peer_user
from shared.messaging.topology import DEAD_QUEUE, queue_of

NOTHING = "^$"
HASHING = "rabbit_password_hashing_sha256"


@dataclass(frozen=True)
class Rights:
    """One user: the one exchange that it writes, under which keys, and what it reads. It configures nothing.

    ``write_keys`` and ``read`` are regular expressions, anchored by us: RabbitMQ only searches.
    """

    user: str
    exchange: str
    write_keys: str
    read: str

    @property
    def permissions(self) -> dict[str, str]:
        """As ``/api/permissions`` takes them."""
        return {"configure": NOTHING, "write": f"^{re.escape(self.exchange)}$", "read": self.read}

    @property
    def topic_permissions(self) -> dict[str, str]:
        """As ``/api/topic-permissions`` takes them. Nothing may be bound, so no key is readable."""
        return {"exchange": self.exchange, "write": self.write_keys, "read": NOTHING}


def rights_of(address: Address) -> Rights:
    """What a window, a hub or its notifications may do. The hub also empties the queue of what the broker gave up."""
    user, own, node = broker_user(address), re.escape(queue_of(address)), re.escape(address.node)
    if address.is_window:
        return Rights(user, INTAKE, rf"^{re.escape(address.key)}\.[a-z.-]+$", f"^{own}$")
    if address.name == "hub":
        return Rights(user, REFERRALS, rf"^{node}\.[a-z0-9-]+\.[a-z.-]+$", f"^({own}|{DEAD_QUEUE})$")
    return Rights(user, NOTIFICATIONS, rf"^{node}\.hub\.[a-z.-]+$", f"^{own}$")


def rights_of_peer(node: str, peer: str) -> Rights:
    """What another country's hub may do at this one: put its messages for us in, and read nothing."""
    return Rights(peer_user(peer), FEDERATION, rf"^{re.escape(node)}\.{re.escape(peer)}\.[a-z.-]+$", NOTHING)


def own_rights(node: str, windows: Sequence[str]) -> list[Rights]:
    """Those of a node's services and windows."""
    addresses = [Address.hub(node), Address.notifications(node), *(Address.window(node, one) for one in windows)]
    return [rights_of(address) for address in addresses]


def users_in_definitions(
    rights: Sequence[Rights], passwords: Mapping[str, str], *, operator: str, vhost: str = "/"
) -> dict[str, list[dict[str, object]]]:
    """The part of a definitions file that makes users: those who have a password, and the ``operator`` (an administrator).

    Only a file made for one broker may hold it: a user told without a password would lose the one that they have,
    each time that the broker starts.
    """
    named = [one for one in rights if one.user in passwords]
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    administrators = [operator] if operator in passwords else []
    return {
        "users": [
            {"name": user, "tags": tags, "password_hash": _hashed(passwords[user]), "hashing_algorithm": HASHING}
            for user, tags in [*((one, ["administrator"]) for one in administrators), *((one.user, []) for one in named)]
        ],
        "permissions": [
            {"user": user, "vhost": vhost, **allowed}
            for user, allowed in [*((one, everything) for one in administrators), *((one.user, one.permissions) for one in named)]
        ],
        "topic_permissions": [{"user": one.user, "vhost": vhost, **one.topic_permissions} for one in named],
    }


def _hashed(password: str) -> str:
    """As RabbitMQ keeps a password: four bytes of salt, then SHA-256 of salt and password."""
    salt = secrets.token_bytes(4)
    return b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
