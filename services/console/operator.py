"""Who works on the broker: an administrator's AMQP address and the management API, as settings or options name them."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.config import Settings
from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.messaging.broker import Broker
from shared.messaging.management import Management
from shared.messaging.routes import broker_user, peer_user
from shared.messaging.set_up import Left
from shared.vocabulary.windows import WINDOWS

IN_PART = 1
"""Status of a command that did its work but for what is left to somebody else."""


@dataclass(frozen=True)
class Operator:
    """The broker as its administrator reaches it; ``management`` is None where no API is named."""

    broker: Broker
    management: Management | None


def operator_of(settings: Settings, management_url: str | None = None) -> Operator:
    """From ``OPERATOR_URI`` (left out: ``AMQP_URI``) and ``MANAGEMENT_URL``, which an option may replace."""
    uri, url = settings.operator_uri or settings.amqp_uri, management_url or settings.management_url
    broker = Broker(uri, settings.amqp_ssl or False)
    if broker.is_memory:
        message = "The embedded broker has no users and needs no set-up."
        raise ConfigError(message)
    return Operator(broker, Management(url, uri, ca_certs=settings.amqp_ssl.get("ca_certs")) if url else None)


def passwords_by_user(text: str | None, node: str, windows: list[str]) -> Mapping[str, str]:
    """``NAME=PASSWORD,…`` as passwords by broker user; names are ``hub``, ``notifications``, windows and ``peer.NODE``."""
    users = {name: broker_user(Address(node, name)) for name in ("hub", "notifications", *windows)}
    users |= {f"peer.{peer}": peer_user(peer) for peer in peers_of(node)}
    found: dict[str, str] = {}
    for pair in filter(None, (text or "").split(",")):
        name, _, password = pair.partition("=")
        if name not in users or not password:
            message = f"The passwords of the broker's users are NAME=PASSWORD with names of {', '.join(users)}."
            raise ConfigError(message)
        found[users[name]] = password
    return found


def peers_of(node: str) -> list[str]:
    """The other countries."""
    return [other for other in WINDOWS if other != node]


def tell_left(left: Left) -> int:
    """Print what is left to do; the exit status of the command."""
    for user in left.unguarded:
        print(f"WRONG {user}: may write under every key, since its topic permission is missing.")
    if left.commands:
        print(f"Left to do on the broker's machine ({left.because}):" if left.because else "Left to do on the broker's machine:")
        for command in left.commands:
            print(f"  {command}")
    return IN_PART if left.commands or left.unguarded else 0
