"""Sets a real broker up for a node: queues, policies, users and their rights. For an operator's commands.

Whatever is done here may be done again. Where there is no management API, what it would do is returned as commands
for the broker's own machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import orjson

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging.broker import LOST, Broker
from shared.messaging.broker_rights import Rights, own_rights, rights_of, rights_of_peer
from shared.messaging.management import Management
from shared.messaging.routes import broker_user
from shared.messaging.topology import EXCHANGES, POLICIES, declare, queue_of


@dataclass(frozen=True)
class Left:
    """What an operator still has to do: ``commands`` to type, and why; ``unguarded`` users, who may write under every key."""

    commands: Sequence[str] = ()
    because: str = ""
    unguarded: Sequence[str] = ()


def apply(
    broker: Broker,
    node: str,
    windows: Sequence[str],
    *,
    management: Management | None = None,
    peers: Sequence[str] = (),
    passwords: Mapping[str, str] | None = None,
) -> Left:
    """All of a node's. Users named in ``passwords`` are made, or get this password; those that exist get their rights.

    ``TryAgain`` when the broker itself is away.
    """
    declare(broker, node, windows)
    vhost = vhost_of(broker)
    rights = own_rights(node, windows)
    if management is None:
        return Left([*_policy_commands(vhost), *(line for one in rights for line in user_commands(vhost, one))])
    try:
        for user, password in (passwords or {}).items():
            management.make_user(user, password)
        for name, policy in POLICIES.items():
            management.set_policy(vhost, name, policy)
        users = management.users()
        for one in [*rights, *(rights_of_peer(node, peer) for peer in peers)]:
            if one.user in users:
                management.grant(vhost, one)
        unguarded = management.unguarded(vhost, EXCHANGES)
    except TryAgain as error:
        commands = [*_policy_commands(vhost), *(line for one in rights for line in user_commands(vhost, one))]
        return Left(commands, str(error))
    missing = [line for one in rights if one.user not in users for line in user_commands(vhost, one)]
    return Left(missing, "these users are not there yet" if missing else "", unguarded)


def let_in(broker: Broker, management: Management | None, window: Address, password: str | None) -> Left:
    """A window's broker user with this password (None: the one that it has) and its rights."""
    vhost, rights = vhost_of(broker), rights_of(window)
    if management is None:
        return Left(user_commands(vhost, rights), "no MANAGEMENT_URL was given")
    try:
        if password is not None:
            management.make_user(rights.user, password)
        management.grant(vhost, rights)
    except TryAgain as error:
        return Left(user_commands(vhost, rights), str(error))
    return Left()


def shut_out(management: Management | None, window: Address) -> Left:
    """A window's broker user loses its password and its connections; its queue stays."""
    user = broker_user(window)
    commands = (f"rabbitmqctl clear_password '{user}'", f"rabbitmqctl close_all_user_connections '{user}' 'suspended'")
    if management is None:
        return Left(commands, "no MANAGEMENT_URL was given")
    try:
        management.shut_out(user)
    except TryAgain as error:
        return Left(commands, str(error))
    return Left()


def empty_queue(broker: Broker, window: Address) -> None:
    """Drop what waits in a window's queue; the hub tells again what it has no receipt for. ``TryAgain`` as ``apply``."""
    try:
        with broker.connection() as connection:
            connection.channel().queue_purge(queue_of(window))
    except LOST as error:
        message = f"the broker did not empty {queue_of(window)}: {type(error).__name__}"
        raise TryAgain(message) from error


def vhost_of(broker: Broker) -> str:
    """The virtual host that a broker's address names."""
    path = urlsplit(broker.uri).path
    return unquote(path[1:]) if len(path) > 1 else "/"


def user_commands(vhost: str, rights: Rights) -> list[str]:
    """What makes one user and both its rows, in an order that never leaves it with too much."""
    allowed = " ".join(f"'{rights.permissions[name]}'" for name in ("configure", "write", "read"))
    topics = " ".join(f"'{rights.topic_permissions[name]}'" for name in ("exchange", "write", "read"))
    return [
        f"rabbitmqctl add_user '{rights.user}'  # asks for the password",
        f"rabbitmqctl set_topic_permissions -p '{vhost}' '{rights.user}' {topics}",
        f"rabbitmqctl set_permissions -p '{vhost}' '{rights.user}' {allowed}",
    ]


def _policy_commands(vhost: str) -> list[str]:
    return [
        f"rabbitmqctl set_policy -p '{vhost}' --apply-to {policy['apply-to']} {name} '{policy['pattern']}' "
        f"'{orjson.dumps(policy['definition']).decode()}'"
        for name, policy in POLICIES.items()
    ]
