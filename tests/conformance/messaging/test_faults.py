"""What goes wrong on the way costs a resend at most (anchors-reliability.md 7)."""

import threading

import pytest

from shared.contracts.addresses import Address
from shared.errors import TryAgain
from shared.messaging import topology
from shared.messaging.ports import Outcome
from shared.messaging.publisher import open_publisher
from tests.conformance.messaging.conftest import forget_memory_broker
from tests.conformance.messaging.world import (
    EVERYBODY,
    HUB,
    NODE,
    NOTIFICATIONS,
    OTHER_WINDOW,
    RESEND_AFTER,
    WINDOW,
    World,
    running,
)
from tests.servers import wait_until


class LosesAnswers:
    """A publisher whose process dies, or whose connection breaks, after the broker got everything."""

    def __init__(self, inner, *, crash: bool) -> None:
        self.inner = inner
        self.crash = crash

    def ready(self):
        self.inner.ready()

    def publish(self, messages):
        self.inner.publish(messages)
        if self.crash:
            raise KeyboardInterrupt
        return {message.id: Outcome.UNKNOWN for message in messages}

    def close(self):
        self.inner.close()


def broker_loses_everything(world: World) -> None:
    if world.broker.is_memory:
        forget_memory_broker()
        topology.declare(world.broker, NODE, [WINDOW.name, OTHER_WINDOW.name])
        return
    with world.broker.connection() as connection:
        for address in EVERYBODY:
            connection.channel().queue_purge(topology.queue_of(address))


def test_a_duplicate_has_one_effect_and_still_gets_a_receipt(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    message = hub.fetch()[0]
    for _ in range(3):
        hub.inbox.take([message, message])
    assert hub.heard() == [("case-1", 1)]
    hub.sends()
    window.hears()
    assert window.settled() == ["case-1"]


def test_what_was_taken_but_not_acknowledged_comes_again_without_effect(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2", "case-3")
    window.sends()
    taken = threading.Event()

    def commits_and_dies(messages):
        hub.inbox.take(messages)
        if not taken.is_set():
            taken.set()
            raise OSError("killed between commit and ack")

    feed = hub.feed()
    feed._take = commits_and_dies
    with running(feed):
        assert taken.wait(10)
        wait_until(lambda: feed.connected and hub.through(WINDOW) == 3, seconds=20, what="the second delivery")
    assert sorted(hub.heard()) == [("case-1", 1), ("case-2", 1), ("case-3", 1)]


def test_a_relay_that_dies_before_it_marks_sends_again_the_same_ids_and_places(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    ids = window.says("case-1", "case-2")
    with pytest.raises(KeyboardInterrupt):
        window.new_relay(LosesAnswers(open_publisher(world.broker, WINDOW), crash=True)).turn()
    assert [row["sent_at"] for row in window.outbox_rows()] == [None, None]

    again = window.new_relay(open_publisher(world.broker, WINDOW))
    world.clock.forward(minutes=2)
    assert again.turn() == 2
    again.close()
    assert [(row["id"], row["sequence"]) for row in window.outbox_rows()] == [(ids[0], 1), (ids[1], 2)]
    assert len(hub.hears()) == 4
    assert hub.heard() == [("case-1", 1), ("case-2", 1)]


def test_what_had_no_answer_is_not_sent_and_goes_again_after_a_back_off(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    relay = window.new_relay(LosesAnswers(open_publisher(world.broker, WINDOW), crash=False))
    assert relay.turn() == 1
    row = window.outbox_rows()[0]
    assert (row["sent_at"], row["problem"]) == (None, "unconfirmed")
    assert relay.turn() == 0

    world.clock.forward(seconds=2)
    assert window.sends() == 1
    row = window.outbox_rows()[0]
    assert row["sent_at"] is not None
    assert row["problem"] is None
    hub.hears()
    assert hub.heard() == [("case-1", 1)]


def test_the_unroutable_stays_unsent_with_a_visible_problem_and_hinders_nobody(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    nobody = Address.window(NODE, "nowhere")
    with hub.works.open() as work:
        hub_event = hub._event("case-0")
        hub.keyring._sealing[nobody] = hub.keyring._sealing[WINDOW]
        work.outbox.append(hub_event, to=nobody, subject="case-0", version=1)
    hub.says("case-1", to=WINDOW)
    assert hub.sends() == 2
    problems = {row["subject"]: (row["problem"], row["sent_at"] is not None) for row in hub.outbox_rows()}
    assert problems == {"case-0": ("unroutable", False), "case-1": (None, True)}
    window.hears()
    assert window.heard() == [("case-1", 1)]


def test_the_unroutable_goes_out_once_somebody_is_there(world: World):
    hub = world.node(HUB)
    late = Address.window(NODE, "late")
    hub.keyring._sealing[late] = hub.keyring._sealing[WINDOW]
    hub.says("case-1", to=late)
    hub.sends()
    topology.declare(world.broker, NODE, ["late"])
    world.clock.forward(minutes=10)
    assert hub.sends() == 1
    assert hub.outbox_rows()[0]["sent_at"] is not None


def test_one_poison_in_a_batch_dies_alone_and_counts_in_through(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "poison", "case-2")
    world.settles(window, hub)
    assert sorted(hub.heard()) == [("case-1", 1), ("case-2", 1)]
    assert [(letter.subject, letter.reason) for letter in hub.letters()] == [("poison", "failed: ValueError")]
    assert hub.through(WINDOW) == 3
    assert sorted(window.settled()) == ["case-1", "case-2", "poison"]


def test_one_message_that_we_cannot_read_by_our_own_mistake_dies_alone_too(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "unreadable", "case-2")
    window.sends()
    read = hub.inbox._reader._read

    def mistaken(kind, version, data):
        if data.get("visit_id") == "unreadable":
            raise TypeError("a field is missing, and nobody thought of it")
        return read(kind, version, data)

    hub.inbox._reader._read = mistaken
    hub.hears()
    assert sorted(hub.heard()) == [("case-1", 1), ("case-2", 1)]
    assert [(letter.subject, letter.reason) for letter in hub.letters()] == [("unreadable", "failed: TypeError")]
    assert hub.through(WINDOW) == 3


def test_a_dead_letter_keeps_the_bytes_and_its_replay_has_one_effect(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("poison")
    window.sends()
    [message] = hub.hears()
    [letter] = hub.letters()
    assert letter.raw.body == message.body
    assert hub.inbox.replay(letter.id).reason == "failed: ValueError"

    hub.inbox._reactions = {**hub.inbox._reactions, "visit.recorded": healed(hub)}
    assert hub.inbox.replay(letter.id).took_effect
    assert not hub.inbox.replay(letter.id).took_effect
    hub.inbox.take([message])
    assert hub.heard() == [("poison", 1)]
    assert hub.letters() == []


def healed(node):
    from sqlalchemy import insert

    def reaction(received, work):
        row = {"event_id": received.envelope.id, "subject": received.envelope.subject, "version": 1}
        work.connection.execute(insert(node.effects), [row])

    return reaction


def test_the_same_dead_letter_is_one_row_with_a_count(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    [message] = hub.fetch()
    forged = type(message)(message.body + b" ", message.exchange, message.routing_key, message.headers)
    hub.inbox.take([forged, forged])
    hub.inbox.take([forged])
    [letter] = hub.letters()
    assert letter.count == 3
    assert letter.reason.startswith("quarantine")


def test_a_fault_that_passes_acknowledges_nothing_and_buries_nothing(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    window.sends()
    hub.away = TryAgain("the database is away", retry_after=0.1)
    feed = hub.feed()
    tried = threading.Event()
    take = feed._take
    feed._take = lambda messages: (tried.set(), take(messages))
    with running(feed):
        assert tried.wait(10)
        assert hub.heard() == []
        hub.away = None
        wait_until(lambda: len(hub.heard()) == 2, seconds=20, what="both effects after the pause")
    assert hub.letters() == []


def test_a_broker_that_loses_everything_loses_nothing(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    window.sends()
    broker_loses_everything(world)
    hub.hears()
    assert hub.heard() == []

    assert window.sends() == 0
    world.clock.forward(seconds=RESEND_AFTER + 1)
    assert window.sends() == 2
    world.settles(window, hub)
    assert sorted(hub.heard()) == [("case-1", 1), ("case-2", 1)]
    assert sorted(window.settled()) == ["case-1", "case-2"]


def test_a_silent_destination_gets_the_first_batch_again_at_doubling_intervals(world: World):
    window = world.node(WINDOW, batch_size=2)
    window.says("case-1", "case-2", "case-3")
    window.sends()
    sent = []
    for seconds in (61, 61, 61, 61, 121, 121):
        world.clock.forward(seconds=seconds)
        sent.append(window.sends())
    assert sent == [2, 0, 2, 0, 0, 2]


def test_at_its_own_start_a_source_sends_all_that_has_no_receipt(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    world.settles(window, hub)
    window.says(*(f"case-{number}" for number in range(2, 40)))
    window.sends()
    broker_loses_everything(world)

    restarted = world.node(WINDOW)
    assert restarted.sends() == 38
    world.settles(restarted, hub)
    assert len(hub.heard()) == 39
    assert hub.through(WINDOW) == 39


def test_a_restored_hub_gets_again_what_it_forgot_rebuilt_from_the_current_state(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "erased-2", "case-3")
    world.settles(window, hub)
    assert len(window.settled()) == 3

    hub.loses_its_memory()
    restored = world.node(HUB)
    assert restored.epoch != hub.epoch
    restored.reports(WINDOW)
    world.settles(restored, window)
    assert sorted(restored.heard()) == [("case-1", 99), ("case-3", 99)]
    assert restored.through(WINDOW) == 3
    assert len(window.settled()) == 3
    assert [row["sequence"] for row in window.outbox_rows()] == [1, 2, 3]


def test_a_restored_window_begins_a_new_sequence_and_sends_what_was_open(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    world.settles(window, hub)
    window.says("case-3")
    window.sends()

    with window.database.write() as connection:
        from shared.messaging.epochs import begin_epoch

        begin_epoch(connection, window.tables)
    restored = world.node(WINDOW)
    restored.says("case-4")
    world.settles(restored, hub)
    assert [subject for subject, _ in hub.heard()] == ["case-1", "case-2", "case-3", "case-4"]
    current = [row for row in restored.outbox_rows() if row["epoch"] == restored.epoch]
    assert [row["sequence"] for row in current] == [1, 2]
    assert len(restored.settled()) == 4
    assert hub.through(WINDOW) == 2


def test_an_older_telling_that_comes_late_changes_nothing(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    window.sends()
    hub.hears()
    hub.sends()
    [early] = window.fetch()
    window.says("case-2")
    window.sends()
    hub.hears()
    hub.sends()
    window.hears()
    window.inbox.take([early])
    assert sorted(window.settled()) == ["case-1", "case-2"]
    assert window.sends() == 0


def test_out_of_order_counts_only_up_to_the_gap(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2", "case-3", "case-4")
    window.sends()
    first, second, third, fourth = hub.fetch()
    hub.inbox.take([fourth])
    hub.inbox.take([first])
    assert hub.through(WINDOW) == 1
    hub.inbox.take([third, second])
    assert hub.through(WINDOW) == 4


def test_what_came_twice_without_an_ack_is_handled_alone(world: World):
    from dataclasses import replace

    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2", "case-3")
    window.sends()
    messages = hub.fetch()
    sizes = []
    whole = hub.inbox._take_in_one
    hub.inbox._take_in_one = lambda batch: (sizes.append(len(batch)), whole(batch))[1]
    hub.inbox.take([replace(messages[0], deliveries=2), *messages[1:]])
    assert sizes == [2, 1]


def test_notifications_may_be_down_for_a_day_and_nobody_else_notices(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    hub.says("case-1", to=NOTIFICATIONS)
    window.says("case-1")
    world.settles(window, hub)
    world.clock.forward(days=1)
    world.settles(window, hub)
    notifications = world.node(NOTIFICATIONS)
    world.settles(notifications, hub)
    assert notifications.heard() == [("case-1", 1)]
    assert hub.settled() == ["case-1"]


def test_what_the_broker_gave_up_is_buried_untried_counts_and_can_be_replayed(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    window.sends()
    first, second = hub.fetch()
    hub.inbox.take_dead([first])
    hub.inbox.take([second])
    assert hub.heard() == [("case-2", 1)]
    assert hub.through(WINDOW) == 2
    [letter] = hub.letters()
    assert letter.reason == "delivered too often without an answer"
    assert hub.inbox.replay(letter.id).took_effect
    assert hub.heard() == [("case-2", 1), ("case-1", 1)]
