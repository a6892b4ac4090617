"""Exchanges, queues, bindings, policies and what a window may do (anchors-reliability.md 2 and 3).

``apply`` is for an operator, ``definitions`` for a broker that loads a file at its start, ``declare`` for the
embedded broker. Services never declare on a real one: a window is not even allowed to.
"""

import re
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import orjson
from kombu.transport.virtual import Channel

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging.broker import LOST, Broker
from shared.messaging.routes import FEDERATION, INTAKE, NOTIFICATIONS, REFERRALS, window_user

EXCHANGES = (INTAKE, REFERRALS, NOTIFICATIONS, FEDERATION)
DEAD_EXCHANGE, DEAD_QUEUE = "dlx", "dead"
UNROUTED_EXCHANGE, UNROUTED_QUEUE = "unrouted", "unrouted"
OURS = r"^(hub|win|fed|notify)\."

POLICIES: dict[str, dict[str, object]] = {
    # at-least-once works only together with reject-publish; the limit is the last net below the dead-letter rows
    "ventanilla-queues": {
        "pattern": OURS,
        "apply-to": "queues",
        "definition": {
            "delivery-limit": 100,
            "dead-letter-exchange": DEAD_EXCHANGE,
            "dead-letter-strategy": "at-least-once",
            "overflow": "reject-publish",
            "max-length-bytes": 2 * 1024**3,
        },
    },
    # not on intake.events: with an alternate exchange the unroutable counts as routed, and is not returned
    "ventanilla-unrouted": {
        "pattern": r"^federation\.events$",
        "apply-to": "exchanges",
        "definition": {"alternate-exchange": UNROUTED_EXCHANGE},
    },
}


@dataclass(frozen=True, order=True)
class Binding:
    """A queue hears an exchange's messages with keys of this pattern."""

    queue: str
    exchange: str
    pattern: str


def queue_of(me: Address) -> str:
    """The one queue that a service or window consumes."""
    if me.name == "hub":
        return f"hub.{me.node}.intake"
    if me.name == "notifications":
        return f"notify.{me.node}"
    return f"win.{me.key}"


def bindings(node: str, windows: Sequence[str]) -> list[Binding]:
    """All of a node's (contracts.md, Events). Every pattern begins with a node: the embedded broker has no others' walls."""
    hub, notify, fed = queue_of(Address.hub(node)), queue_of(Address.notifications(node)), f"fed.{node}.in"
    found = [
        Binding(hub, INTAKE, f"{node}.#"),
        Binding(hub, NOTIFICATIONS, f"{node}.hub.#"),
        Binding(notify, REFERRALS, f"{node}.notifications.#"),
        Binding(fed, FEDERATION, f"{node}.#"),
    ]
    for window in windows:
        queue = queue_of(Address.window(node, window))
        found += [Binding(queue, REFERRALS, f"{node}.{window}.#"), Binding(queue, REFERRALS, f"{node}.all.#")]
    return found


def declare(broker: Broker, node: str, windows: Sequence[str]) -> None:
    """Make exchanges, quorum queues and bindings over the broker's own protocol; ``TryAgain`` when it is away."""
    try:
        with broker.connection() as connection:
            channel = connection.channel()
            for exchange in EXCHANGES:
                channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
            if not broker.is_memory:
                _declare_nets(channel)
            for binding in bindings(node, windows):
                _declare_queue(channel, binding.queue)
                channel.queue_bind(binding.queue, binding.exchange, binding.pattern)
            channel.close()
    except LOST as error:
        message = f"the broker cannot be set up: {type(error).__name__}"
        raise TryAgain(message) from error


def _declare_nets(channel: Channel) -> None:
    for exchange, queue in ((DEAD_EXCHANGE, DEAD_QUEUE), (UNROUTED_EXCHANGE, UNROUTED_QUEUE)):
        channel.exchange_declare(exchange, "fanout", durable=True, auto_delete=False)
        _declare_queue(channel, queue)
        channel.queue_bind(queue, exchange, "")


def _declare_queue(channel: Channel, queue: str) -> None:
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})


def definitions(node: str, windows: Sequence[str], *, vhost: str = "/") -> dict[str, object]:
    """All of it as RabbitMQ's ``load_definitions`` reads it. Users are added apart: their passwords are no one's file."""
    queues = sorted({binding.queue for binding in bindings(node, windows)} | {DEAD_QUEUE, UNROUTED_QUEUE})
    nets = [(DEAD_EXCHANGE, DEAD_QUEUE), (UNROUTED_EXCHANGE, UNROUTED_QUEUE)]
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            {"name": name, "vhost": vhost, "type": kind, "durable": True, "auto_delete": False, "internal": False,
             "arguments": {}}
            for name, kind in [(name, "topic") for name in EXCHANGES] + [(name, "fanout") for name, _ in nets]
        ],
        "queues": [
            {"name": name, "vhost": vhost, "durable": True, "auto_delete": False,
             "arguments": {"x-queue-type": "quorum"}}
            for name in queues
        ],
        "bindings": [
            {"source": exchange, "vhost": vhost, "destination": queue, "destination_type": "queue",
             "routing_key": pattern, "arguments": {}}
            for queue, exchange, pattern in [
                *((one.queue, one.exchange, one.pattern) for one in bindings(node, windows)),
                *((queue, exchange, "") for exchange, queue in nets),
            ]
        ],
        "policies": [
            {"name": name, "vhost": vhost, "priority": 0, **policy} for name, policy in POLICIES.items()
        ],
    }


@dataclass(frozen=True)
class WindowAccess:
    """What the broker user of a window may do: publish under its own keys, read its own queue, declare nothing.

    Both rows must exist: without a topic permission everything would be allowed.
    """

    user: str
    permissions: dict[str, str]
    topic_permissions: dict[str, str]


def window_access(window: Address) -> WindowAccess:
    """The two rows of anchors-reliability.md 3."""
    own = re.escape(window.key)
    return WindowAccess(
        user=window_user(window),
        permissions={"configure": "^$", "write": r"^intake\.events$", "read": rf"^win\.{own}$"},
        topic_permissions={"exchange": INTAKE, "write": rf"^{own}\.[a-z.-]+$", "read": "^$"},
    )


def apply(broker: Broker, node: str, windows: Sequence[str], *, management_url: str | None = None) -> list[str]:
    """Set the broker up for a node; safe to repeat. Returns the commands that are left for an operator to type.

    Policies, and the permissions of window users that exist, go through the management API. Without one
    (``management_url`` None, or it does not answer) they are returned as ``rabbitmqctl`` commands.
    """
    declare(broker, node, windows)
    vhost = _vhost(broker)
    rows = [window_access(Address.window(node, window)) for window in windows]
    if management_url is None:
        return _commands(vhost, rows)
    management = _Management(management_url, broker)
    try:
        for name, policy in POLICIES.items():
            management.put(f"/api/policies/{quote(vhost, safe='')}/{name}", {"priority": 0, **policy})
        users = management.users()
        for row in rows:
            if row.user in users:
                place = f"{quote(vhost, safe='')}/{quote(row.user, safe='')}"
                management.put(f"/api/permissions/{place}", row.permissions)
                management.put(f"/api/topic-permissions/{place}", row.topic_permissions)
    except (urllib.error.URLError, OSError):
        return _commands(vhost, rows)
    return _commands(vhost, [row for row in rows if row.user not in users], policies=False)


def _vhost(broker: Broker) -> str:
    path = urlsplit(broker.uri).path
    return unquote(path[1:]) if len(path) > 1 else "/"


def _commands(vhost: str, rows: Sequence[WindowAccess], *, policies: bool = True) -> list[str]:
    found = []
    for name, policy in POLICIES.items() if policies else ():
        definition = orjson.dumps(policy["definition"]).decode()
        found.append(
            f"rabbitmqctl set_policy -p '{vhost}' --apply-to {policy['apply-to']} {name} '{policy['pattern']}' '{definition}'"
        )
    for row in rows:
        allowed = " ".join(f"'{row.permissions[name]}'" for name in ("configure", "write", "read"))
        topics = " ".join(f"'{row.topic_permissions[name]}'" for name in ("exchange", "write", "read"))
        found += [
            f"rabbitmqctl add_user '{row.user}'",
            f"rabbitmqctl set_permissions -p '{vhost}' '{row.user}' {allowed}",
            f"rabbitmqctl set_topic_permissions -p '{vhost}' '{row.user}' {topics}",
        ]
    return found


class _Management:
    """The management API, as the user of the AMQP address."""

    def __init__(self, url: str, broker: Broker) -> None:
        self._url = url.rstrip("/")
        parts = urlsplit(broker.uri)
        pair = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
        self._authorization = f"Basic {b64encode(pair.encode()).decode()}"

    def put(self, path: str, body: dict[str, object] | dict[str, str]) -> None:
        """Set one object."""
        self._call("PUT", path, orjson.dumps(body))

    def users(self) -> set[str]:
        """The names of all users."""
        return {user["name"] for user in orjson.loads(self._call("GET", "/api/users", None))}

    def _call(self, method: str, path: str, body: bytes | None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the operator gave this address
            self._url + path,
            method=method,
            data=body,
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the operator gave this address
            found: bytes = answer.read()
        return found
