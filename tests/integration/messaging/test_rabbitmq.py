"""What only a real broker can refuse."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from shared.errors import TryAgain
from shared.messaging import topology
from shared.messaging.broker import Broker
from shared.messaging.management import Management
from shared.messaging.ports import Outcome, Outgoing
from shared.messaging.publisher import AmqpPublisher, open_publisher
from shared.messaging.set_up import apply
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


def management(uri: str, rabbitmq) -> Management:
    return Management(rabbitmq.management_url, uri)


def test_setting_it_up_makes_policies_and_can_be_repeated(amqp_uri, rabbitmq):
    broker, without_users = Broker(amqp_uri), ["new-here", "new-there"]
    for _ in range(2):
        left = apply(broker, NODE, without_users, management=management(amqp_uri, rabbitmq))
        made = [line.split("'")[1] for line in left.commands if "add_user" in line]
        assert {"w.sv.new-here", "w.sv.new-there"} <= set(made)
        assert not [line for line in left.commands if "set_policy" in line]
    vhost = quote(amqp_uri.rsplit("/", 1)[1], safe="")
    policies = rabbitmq.call("GET", f"/api/policies/{vhost}")
    assert {policy["name"] for policy in policies} == set(topology.POLICIES)
    queues = rabbitmq.call("GET", f"/api/queues/{vhost}")
    assert {queue["type"] for queue in queues} == {"quorum"}


@pytest.mark.parametrize("away", [True, False])
def test_without_a_management_api_the_commands_are_returned_and_why(amqp_uri, away):
    nowhere = Management(f"http://127.0.0.1:{free_port()}", amqp_uri) if away else None
    left = apply(Broker(amqp_uri), NODE, NAMES, management=nowhere)
    assert [line for line in left.commands if "set_policy" in line]
    assert ("does not answer" in left.because) == away


def test_an_operator_with_a_wrong_password_is_told_so_and_not_the_password(amqp_uri, rabbitmq):
    stranger = Management(rabbitmq.management_url, "amqp://guest:wrong-word@127.0.0.1//")
    left = apply(Broker(amqp_uri), NODE, NAMES, management=stranger)
    assert "401" in left.because
    assert "wrong-word" not in left.because


def test_the_definitions_can_be_loaded(rabbitmq, amqp_uri):
    vhost = amqp_uri.rsplit("/", 1)[1]
    rabbitmq.call("POST", "/api/definitions", topology.definitions(NODE, NAMES, vhost=vhost))
    bindings = rabbitmq.call("GET", f"/api/bindings/{quote(vhost, safe='')}")
    made = {(one["destination"], one["source"], one["routing_key"]) for one in bindings if one["source"]}
    assert {(one.queue, one.exchange, one.pattern) for one in topology.bindings(NODE, NAMES)} <= made


def test_a_message_delivered_too_often_ends_in_the_queue_of_the_dead(amqp_uri, rabbitmq, publisher):
    apply(Broker(amqp_uri), NODE, NAMES, management=management(amqp_uri, rabbitmq))
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
