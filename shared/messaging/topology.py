"""Exchanges, queues, bindings and policies (anchors-reliability.md 2).

``definitions`` is for a broker that loads a file at its start, ``declare`` for an operator (``set_up.py``) and for
the embedded broker. Services never declare on a real one: nobody's broker user is even allowed to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kombu.transport.virtual import Channel

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging.broker import LOST, Broker
from shared.messaging.routes import FEDERATION, INTAKE, NOTIFICATIONS, REFERRALS

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
    """All of it as RabbitMQ's ``load_definitions`` reads it. Users are added apart (``broker_rights.py``): they have secrets."""
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
