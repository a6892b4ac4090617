"""What only a real broker can refuse."""

from collections.abc import Iterator
from urllib.parse import quote

import amqp
import pytest

from shared.errors import TryAgain
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.ports import Outcome, Outgoing
from shared.messaging.publisher import AmqpPublisher, open_publisher
from tests.conformance.messaging.world import HUB, NODE, OTHER_WINDOW, WINDOW
from tests.servers import free_port, wait_until

pytestmark = pytest.mark.rabbitmq
NAMES = [WINDOW.name, OTHER_WINDOW.name]


@pytest.fixture
def broker(amqp_uri: str) -> Broker:
    broker = Broker(amqp_uri)
    topology.declare(broker, NODE, NAMES)
    return broker


@pytest.fixture
def publisher(broker: Broker) -> Iterator[AmqpPublisher]:
    found = open_publisher(broker, HUB)
    found.ready()
    yield found
    found.close()


def message(number: int, *, exchange: str = "intake.events", key: str = "sv.la-union.visit.recorded") -> Outgoing:
    return Outgoing(f"id-{number}", exchange, key, b"{}", "signature")


def messages_in(broker: Broker, queue: str) -> int:
    with broker.connection() as connection:
        return connection.channel().queue_declare(queue, passive=True).message_count


def test_each_message_of_a_batch_gets_its_own_answer(publisher, broker):
    batch = [message(number) for number in range(200)]
    batch[50] = message(50, key="gt.nobody.visit.recorded")
    outcomes = publisher.publish(batch)
    assert outcomes.pop("id-50") is Outcome.UNROUTABLE
    assert set(outcomes.values()) == {Outcome.SENT}
    assert messages_in(broker, "hub.sv.intake") == 199


def test_a_full_queue_refuses_one_message_and_not_the_next(publisher, broker):
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
    with broker.connection() as connection:
        channel = connection.channel()
        channel.queue_declare("full", durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind("full", "intake.events", "gt.#")
    full = [message(number, key="gt.tecun-uman.visit.recorded") for number in range(3)]
    outcomes = publisher.publish([*full, message(9)])
    assert outcomes["id-0"] is Outcome.SENT
    assert Outcome.NACKED in {outcomes["id-1"], outcomes["id-2"]}
    assert outcomes["id-9"] is Outcome.SENT


def test_an_unknown_exchange_sends_nothing_and_the_next_turn_connects_anew(publisher):
    outcomes = publisher.publish([message(1, exchange="nobody.events"), message(2)])
    assert outcomes["id-1"] is Outcome.UNKNOWN
    publisher.ready()
    assert publisher.publish([message(3)]) == {"id-3": Outcome.SENT}


def test_a_connection_that_breaks_leaves_what_is_open_unsent(publisher):
    publisher._connection._connection.transport.sock.shutdown(2)
    assert publisher.publish([message(1)]) == {"id-1": Outcome.UNKNOWN}
    publisher.ready()
    assert publisher.publish([message(1)]) == {"id-1": Outcome.SENT}


def test_without_a_broker_it_says_try_again():
    publisher = open_publisher(Broker(f"amqp://guest:guest@127.0.0.1:{free_port()}//"), HUB)
    with pytest.raises(TryAgain):
        publisher.ready()


def test_applying_the_topology_sets_policies_and_can_be_repeated(amqp_uri, rabbitmq):
    broker, without_users = Broker(amqp_uri), ["new-here", "new-there"]
    for _ in range(2):
        left = topology.apply(broker, NODE, without_users, management_url=rabbitmq.management_url)
        assert [line.split()[1] for line in left if "add_user" in line] == ["add_user", "add_user"]
        assert not [line for line in left if "set_policy" in line]
    vhost = quote(amqp_uri.rsplit("/", 1)[1], safe="")
    policies = rabbitmq.call("GET", f"/api/policies/{vhost}")
    assert {policy["name"] for policy in policies} == set(topology.POLICIES)
    queues = rabbitmq.call("GET", f"/api/queues/{vhost}")
    assert {queue["type"] for queue in queues} == {"quorum"}


def test_without_a_management_api_the_commands_are_returned(amqp_uri):
    left = topology.apply(Broker(amqp_uri), NODE, NAMES)
    assert [line for line in left if "set_policy" in line]


def test_the_definitions_can_be_loaded(rabbitmq, amqp_uri):
    vhost = amqp_uri.rsplit("/", 1)[1]
    rabbitmq.call("POST", "/api/definitions", topology.definitions(NODE, NAMES, vhost=vhost))
    bindings = rabbitmq.call("GET", f"/api/bindings/{quote(vhost, safe='')}")
    made = {(one["destination"], one["source"], one["routing_key"]) for one in bindings if one["source"]}
    assert {(one.queue, one.exchange, one.pattern) for one in topology.bindings(NODE, NAMES)} <= made


@pytest.fixture
def window_broker(broker, amqp_uri, rabbitmq) -> Iterator[Broker]:
    """The broker as la-union's own user reaches it."""
    access = topology.window_access(WINDOW)
    vhost = amqp_uri.rsplit("/", 1)[1]
    rabbitmq.call("PUT", f"/api/users/{access.user}", {"password": "secret", "tags": ""})
    assert topology.apply(Broker(amqp_uri), NODE, [WINDOW.name], management_url=rabbitmq.management_url) == []
    yield Broker(rabbitmq.uri(vhost, access.user, "secret"))
    rabbitmq.call("DELETE", f"/api/users/{access.user}")


def test_a_window_says_who_it_is_and_may_write_under_its_own_keys_only(window_broker, broker):
    publisher = open_publisher(window_broker, WINDOW)
    publisher.ready()
    assert publisher.publish([message(1)]) == {"id-1": Outcome.SENT}
    with broker.connection() as connection:
        got = connection.channel().basic_get("hub.sv.intake", no_ack=True)
    assert got.properties["user_id"] == "w.sv.la-union"
    outcomes = publisher.publish([message(2, key="sv.la-hachadura.visit.recorded")])
    assert outcomes == {"id-2": Outcome.UNKNOWN}
    publisher.close()


def test_a_window_can_neither_declare_nor_read_anothers_queue(window_broker):
    for act in (
        lambda channel: channel.queue_declare("win.sv.la-union", durable=True, auto_delete=False,
                                              arguments={"x-queue-type": "quorum"}),
        lambda channel: channel.basic_get("win.sv.la-hachadura"),
        lambda channel: channel.queue_bind("win.sv.la-union", "referrals.events", "sv.#"),
    ):
        with window_broker.connection() as connection, pytest.raises(amqp.exceptions.AccessRefused):
            act(connection.channel())
        # the window's own feed never declares
    with window_broker.connection() as connection:
        assert connection.channel().basic_get("win.sv.la-union") is None


def test_a_message_delivered_too_often_ends_in_the_queue_of_the_dead(amqp_uri, rabbitmq, publisher):
    topology.apply(Broker(amqp_uri), NODE, NAMES, management_url=rabbitmq.management_url)
    vhost = quote(amqp_uri.rsplit("/", 1)[1], safe="")
    low = {**topology.POLICIES["ventanilla-queues"], "priority": 1}
    low["definition"] = {**low["definition"], "delivery-limit": 2}
    rabbitmq.call("PUT", f"/api/policies/{vhost}/low", low)
    publisher.publish([message(1)])
    broker = Broker(amqp_uri)

    def dead() -> bool:
        with broker.connection() as connection:
            got = connection.channel().basic_get("hub.sv.intake")
            if got is not None:
                got.channel.basic_reject(got.delivery_tag, requeue=True)
        return messages_in(broker, "dead") == 1

    wait_until(dead, seconds=30, what="the message in the queue of the dead", every=0.2)
