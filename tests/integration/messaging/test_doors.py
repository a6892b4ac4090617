"""What the doors of a real broker let through: every one is in with a user of its own, and one of them is an enemy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import amqp
import orjson
import pytest

from shared.contracts.addresses import Address
from shared.messaging.broker import Broker
from shared.messaging.broker_rights import own_rights, rights_of, users_in_definitions
from shared.messaging.feed import raw_message
from shared.messaging.management import Management
from shared.messaging.ports import Outcome
from shared.messaging.routes import broker_user
from shared.messaging.set_up import apply, let_in, shut_out, vhost_of
from shared.messaging.topology import DEAD_QUEUE, EXCHANGES, POLICIES, queue_of
from tests.conformance.messaging.conftest import SqliteUrls
from tests.conformance.messaging.world import HUB, NODE, NOTIFICATIONS, OTHER_WINDOW, WINDOW, Node, World
from tests.servers import RabbitMQ, wait_until

pytestmark = pytest.mark.rabbitmq
INSIDE = (HUB, NOTIFICATIONS, WINDOW, OTHER_WINDOW)
OWN_KEY, OTHERS_KEY = "sv.la-union.visit.recorded", "sv.la-hachadura.visit.recorded"
WORD = "one-word"


@dataclass
class Doors:
    """A broker on which everybody has a user of least rights, and the nodes behind them."""

    world: World
    management: Management
    rabbitmq: RabbitMQ

    @property
    def vhost(self) -> str:
        return vhost_of(self.world.broker)

    def as_user_of(self, who: Address) -> Broker:
        return Broker(self.rabbitmq.uri(self.vhost, broker_user(who), WORD))

    def node(self, who: Address) -> Node:
        node = Node(
            who, url=self.world.urls(who.name), keys=self.world.keys, broker=self.as_user_of(who), clock=self.world.clock
        )
        self.world._nodes.append(node)
        return node

    def left_in(self, *who: Address) -> int:
        """How many messages wait in their queues, as an administrator sees it."""
        with self.world.broker.connection() as connection:
            channel = connection.channel()
            return sum(channel.queue_declare(queue_of(one), passive=True).message_count for one in who)


@pytest.fixture
def doors(amqp_uri: str, rabbitmq: RabbitMQ, tmp_path: Path) -> Iterator[Doors]:
    world = World(Broker(amqp_uri), tmp_path / "keys", SqliteUrls(tmp_path))
    management = Management(rabbitmq.management_url, amqp_uri)
    passwords = {broker_user(who): WORD for who in INSIDE}
    left = apply(world.broker, NODE, [WINDOW.name, OTHER_WINDOW.name], management=management, passwords=passwords)
    assert left.commands == []
    assert left.unguarded == []
    yield Doors(world, management, rabbitmq)
    world.close()
    for user in passwords:
        rabbitmq.call("DELETE", f"/api/users/{user}")


def publish(broker: Broker, key: str, body: bytes = b"{}", *, exchange: str = "intake.events", signature: str = "",
            headers: dict[str, object] | None = None, **properties: object) -> None:
    """One message, as whoever may say anything; returns when the broker has taken or refused it."""
    with broker.connection() as connection:
        channel = connection.channel()
        channel.confirm_select()
        message = amqp.Message(body, application_headers={"signature": signature, **(headers or {})}, **properties)
        channel._basic_publish(message, exchange, key, mandatory=True)
        connection.drain_events(timeout=10)


def signed_by(doors: Doors, who: Address, subject: str) -> tuple[bytes, str]:
    """Body and signature of a message that is right in everything, taken from who made it before it was sent."""
    node = doors.node(who)
    node.says(subject)
    taken: list = []
    relay = node.new_relay(Taking(taken))
    relay.turn()
    return taken[0].body, taken[0].signature


class Taking:
    """A way out that keeps what should go."""

    def __init__(self, taken: list) -> None:
        self._taken = taken

    def ready(self) -> None:
        """Always."""

    def publish(self, messages):
        self._taken += messages
        return {message.id: Outcome.SENT for message in messages}

    def close(self) -> None:
        """Nothing to close."""


def test_the_whole_way_goes_through_with_least_rights(doors: Doors):
    window, hub, notifications = doors.node(WINDOW), doors.node(HUB), doors.node(NOTIFICATIONS)
    window.says("case-1")
    hub.says("asked", to=NOTIFICATIONS)
    doors.world.settles(window, hub, notifications)
    assert hub.heard() == [("case-1", 1)]
    assert notifications.heard() == [("asked", 1)]
    assert window.settled() == ["case-1"]
    assert hub.settled() == ["asked"]
    assert hub.letters() == []


def test_everybody_who_has_a_user_says_who_they_are(doors: Doors):
    doors.node(HUB).says("asked", to=WINDOW)
    doors.world._nodes[-1].sends()
    [heard] = doors.node(WINDOW).fetch()
    assert heard.user_id == "sv.hub"


@pytest.mark.parametrize("me", [WINDOW, NOTIFICATIONS, HUB])
def test_nobody_changes_or_reads_what_is_not_theirs(doors: Doors, me: Address):
    own, others = queue_of(me), queue_of(OTHER_WINDOW)
    quorum = {"x-queue-type": "quorum"}
    acts = {
        "declares its own queue": lambda it: it.queue_declare(own, durable=True, auto_delete=False, arguments=quorum),
        "declares a queue": lambda it: it.queue_declare("mine", durable=True, auto_delete=False),
        "declares an exchange": lambda it: it.exchange_declare("mine", "topic"),
        "deletes its own queue": lambda it: it.queue_delete(own),
        "deletes another's queue": lambda it: it.queue_delete(others),
        "deletes an exchange": lambda it: it.exchange_delete("intake.events"),
        "binds its own queue": lambda it: it.queue_bind(own, "referrals.events", "sv.#"),
        "binds another's queue": lambda it: it.queue_bind(others, "intake.events", "sv.#"),
        "unbinds its own queue": lambda it: it.queue_unbind(own, "referrals.events", "sv.all.#"),
        "reads another's queue": lambda it: it.basic_get(others),
        "empties another's queue": lambda it: it.queue_purge(others),
        "consumes another's queue": lambda it: it.basic_consume(others),
        "binds an exchange": lambda it: it.exchange_bind("referrals.events", "intake.events", "sv.#"),
    }
    assert {name: refused(doors.as_user_of(me), act) for name, act in acts.items()} == dict.fromkeys(acts, True)


def refused(broker: Broker, act) -> bool:
    with broker.connection() as connection:
        try:
            act(connection.channel())
        except amqp.exceptions.AccessRefused:
            return True
    return False


WAYS = [
    ("intake.events", OTHERS_KEY), ("intake.events", "sv.la-union2.visit.recorded"), ("intake.events", "sv.hub.position"),
    ("referrals.events", "sv.la-hachadura.receipt"), ("referrals.events", OWN_KEY), ("notifications.events", "sv.hub.position"),
    ("federation.events", "sv.gt.receipt"), ("", "win.sv.la-hachadura"), ("", "notify.sv"), ("", "win.sv.la-union"),
    ("amq.topic", OWN_KEY), ("amq.direct", "x"), ("dlx", ""), ("unrouted", ""),
]


def test_a_window_writes_under_its_own_keys_of_one_exchange_and_nowhere_else(doors: Doors):
    mine = doors.as_user_of(WINDOW)
    for exchange, key in WAYS:
        with pytest.raises(amqp.exceptions.AccessRefused):
            publish(mine, key, exchange=exchange)
            pytest.fail(f"{exchange} {key}")
    assert doors.left_in(*INSIDE) == 0


def test_a_window_cannot_say_that_it_is_another_broker_user(doors: Doors):
    with pytest.raises(amqp.exceptions.PreconditionFailed):
        publish(doors.as_user_of(WINDOW), OWN_KEY, user_id="w.sv.la-hachadura")


def dies_of(doors: Doors, *reasons: str) -> None:
    """The hub takes what came: no effect, no place in anybody's stream, one row each with its reason and a count."""
    hub = doors.node(HUB)
    hub.hears()
    assert hub.heard() == []
    assert [letter.reason for letter in hub.letters()] == list(reasons)
    assert all(letter.count == 1 and letter.raw.body for letter in hub.letters())
    assert (hub.through(WINDOW), hub.through(OTHER_WINDOW)) == (0, 0)


def test_anothers_message_under_ones_own_key_is_quarantined(doors: Doors):
    body, signature = signed_by(doors, OTHER_WINDOW, "case-1")
    publish(doors.as_user_of(WINDOW), OWN_KEY, body, signature=signature, user_id="w.sv.la-union")
    dies_of(doors, "quarantine: source and routing key do not agree")


def test_anothers_source_signed_by_oneself_is_quarantined(doors: Doors):
    body, _ = signed_by(doors, OTHER_WINDOW, "case-1")
    publish(doors.as_user_of(WINDOW), OWN_KEY, body, signature=doors.node(WINDOW).keyring.sign(body))
    dies_of(doors, "quarantine: source and signer do not agree")


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_further_keys_reach_nobody_but_the_hub_which_believes_none_of_it(doors: Doors, header: str):
    """On 3.10 they pass by the topic check; later versions check every key and refuse it at the door."""
    body, signature = signed_by(doors, OTHER_WINDOW, "case-1")
    keys = [OTHERS_KEY, "sv.all.directory.published", "sv.notifications.access.changed", "sv.la-hachadura.receipt", "sv.hub.position"]
    try:
        publish(doors.as_user_of(WINDOW), OWN_KEY, body, signature=signature, headers={header: keys})
    except amqp.exceptions.AccessRefused:
        return
    assert doors.left_in(WINDOW, OTHER_WINDOW, NOTIFICATIONS) == 0
    assert doors.left_in(HUB) == 1
    # RabbitMQ takes BCC away before anybody reads it: then the signature alone tells
    dies_of(doors, {"CC": "quarantine: it names further routing keys", "BCC": "quarantine: source and routing key do not agree"}[header])


def test_a_good_message_with_further_keys_is_not_believed_either(doors: Doors):
    body, signature = signed_by(doors, WINDOW, "case-1")
    try:
        publish(doors.as_user_of(WINDOW), OWN_KEY, body, signature=signature, headers={"CC": [OTHERS_KEY]})
    except amqp.exceptions.AccessRefused:
        return
    dies_of(doors, "quarantine: it names further routing keys")


def test_a_broker_administrator_who_writes_any_property_forges_nothing(doors: Doors):
    forger = "forger"
    doors.rabbitmq.call("PUT", f"/api/users/{forger}", {"password": WORD, "tags": "administrator,impersonator"})
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    doors.rabbitmq.call("PUT", f"/api/permissions/{doors.vhost}/{forger}", everything)
    enemy = Broker(doors.rabbitmq.uri(doors.vhost, forger, WORD))
    body, signature = signed_by(doors, WINDOW, "case-1")
    told = orjson.loads(body)
    publish(enemy, OWN_KEY, orjson.dumps({**told, "subject": "other"}), signature=signature, user_id="w.sv.la-union")
    publish(enemy, OWN_KEY, body, user_id="w.sv.la-union")
    publish(enemy, OWN_KEY, body, signature=signature, user_id="w.sv.la-hachadura")
    publish(enemy, "sv.la-union.position", body, signature=signature, exchange="referrals.events", user_id="sv.hub")
    doors.rabbitmq.call("DELETE", f"/api/users/{forger}")
    dies_of(
        doors, "quarantine: the signature does not fit the body", "quarantine: the signature is not of a known key",
        "quarantine: source and broker user do not agree",
    )
    window = doors.node(WINDOW)
    window.hears()
    assert [letter.reason for letter in window.letters()] == ["quarantine: source and routing key do not agree"]


def test_every_window_has_its_topic_row_and_without_it_everything_would_be_allowed(doors: Doors):
    rows = doors.rabbitmq.call("GET", f"/api/vhosts/{doors.vhost}/topic-permissions")
    assert {row["user"]: (row["exchange"], row["write"], row["read"]) for row in rows} == {
        rights.user: (rights.exchange, rights.write_keys, "^$") for rights in map(rights_of, INSIDE)
    }
    doors.rabbitmq.call("DELETE", f"/api/topic-permissions/{doors.vhost}/w.sv.la-union")
    publish(doors.as_user_of(WINDOW), OTHERS_KEY)  # no row, no wall
    assert doors.left_in(HUB) == 1
    assert doors.management.unguarded(doors.vhost, EXCHANGES) == ["w.sv.la-union (intake.events)"]
    left = apply(doors.world.broker, NODE, [WINDOW.name, OTHER_WINDOW.name], management=doors.management)
    assert left.unguarded == []
    with pytest.raises(amqp.exceptions.AccessRefused):
        publish(doors.as_user_of(WINDOW), OTHERS_KEY)


def test_what_the_broker_gave_up_is_believed_counts_and_can_be_replayed(doors: Doors):
    """It comes by another exchange than it was sent to: else its window would send it again for ever."""
    low = {**POLICIES["ventanilla-queues"], "priority": 1}
    low["definition"] = {**low["definition"], "delivery-limit": 1}
    doors.rabbitmq.call("PUT", f"/api/policies/{doors.vhost}/low", low)
    window, hub = doors.node(WINDOW), doors.node(HUB)
    window.says("case-1")
    window.sends()
    given_up: list = []

    def gives_up() -> bool:
        with hub.broker.connection() as connection:
            channel = connection.channel()
            got = channel.basic_get(queue_of(HUB))
            if got is not None:
                channel.basic_reject(got.delivery_tag, requeue=True)
            dead = channel.basic_get(DEAD_QUEUE)
            if dead is not None:
                given_up.append(raw_message(channel.message_to_python(dead)))
        return bool(given_up)

    wait_until(gives_up, seconds=30, what="the broker to give up", every=0.2)
    hub.inbox.take_dead(given_up)
    [letter] = hub.letters()
    assert (letter.reason, hub.through(WINDOW), hub.heard()) == ("delivered too often without an answer", 1, [])
    assert hub.inbox.replay(letter.id).took_effect
    assert hub.heard() == [("case-1", 1)]


def test_who_is_shut_out_loses_the_connection_and_keeps_the_queue(doors: Doors):
    doors.node(HUB).says("asked", to=WINDOW)
    doors.world._nodes[-1].sends()
    with doors.as_user_of(WINDOW).connection() as connection:
        channel = connection.channel()
        assert shut_out(doors.management, WINDOW).commands == ()
        with pytest.raises((amqp.exceptions.ConnectionForced, OSError)):
            channel.basic_get(queue_of(WINDOW))
            connection.drain_events(timeout=10)
    for word in (WORD, ""):
        with pytest.raises(amqp.exceptions.AccessRefused), Broker(doors.rabbitmq.uri(doors.vhost, "w.sv.la-union", word)).connection() as it:
            it.connect()
    assert doors.left_in(WINDOW) == 1
    assert shut_out(doors.management, WINDOW).commands == ()
    assert let_in(doors.world.broker, doors.management, WINDOW, WORD).commands == ()
    assert [raw.user_id for raw in doors.node(WINDOW).fetch()] == ["sv.hub"]


def test_who_was_never_let_in_is_shut_out_already(doors: Doors):
    assert shut_out(doors.management, Address.window(NODE, "nowhere")).commands == ()
    assert "w.sv.nowhere" not in doors.management.users()


def test_a_definitions_file_with_users_opens_the_same_doors(doors: Doors):
    told = users_in_definitions(own_rights(NODE, ["from-a-file"]), {"w.sv.from-a-file": WORD}, operator="boss", vhost=doors.vhost)
    doors.rabbitmq.call("POST", "/api/definitions", told)
    mine = Broker(doors.rabbitmq.uri(doors.vhost, "w.sv.from-a-file", WORD))
    publish(mine, "sv.from-a-file.visit.recorded")
    with pytest.raises(amqp.exceptions.AccessRefused):
        publish(mine, OWN_KEY)
    doors.rabbitmq.call("DELETE", "/api/users/w.sv.from-a-file")
