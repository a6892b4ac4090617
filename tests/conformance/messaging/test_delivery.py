"""What is said arrives, once, whatever broker carries it."""

import threading

from shared.contracts.addresses import Address
from shared.contracts.directory_published import DirectoryPublished
from shared.messaging.outbox import Delivery, backlog, delivery_of
from tests.conformance.messaging.world import HUB, NODE, NOTIFICATIONS, OTHER_WINDOW, WINDOW, World, running
from tests.servers import wait_until


def delivery(node, *subjects):
    with node.database.read() as connection:
        return [delivery_of(connection, node.tables, subjects, to=HUB)[subject].value for subject in subjects]


def test_what_a_window_says_reaches_the_hub_and_its_receipt_comes_home(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1", "case-2")
    assert delivery(window, "case-1", "case-2") == [Delivery.QUEUED, Delivery.QUEUED]

    assert window.sends() == 2
    assert delivery(window, "case-1") == [Delivery.SENT]
    hub.hears()
    assert delivery(window, "case-1") == [Delivery.SENT]

    hub.sends()
    window.hears()
    assert delivery(window, "case-1", "case-2") == [Delivery.RECEIVED, Delivery.RECEIVED]
    assert hub.heard() == [("case-1", 1), ("case-2", 1)]


def test_a_settled_row_keeps_its_id_and_loses_its_sealed_part(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    ids = window.says("case-1")
    assert window.outbox_rows()[0]["body"] is not None
    world.settles(window, hub)
    row = window.outbox_rows()[0]
    assert (row["id"], row["body"], row["due_at"]) == (ids[0], None, None)


def test_what_an_act_did_not_commit_is_never_said(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    try:
        with window.works.open() as work:
            work.outbox.append(window._event("case-1"), to=HUB, subject="case-1", version=1)
            raise KeyError("the act failed")
    except KeyError:
        pass
    world.settles(window, hub)
    assert hub.heard() == []


def test_every_direction_has_its_own_sequence_and_its_own_through(world: World):
    window, other, hub, notifications = (world.node(a) for a in (WINDOW, OTHER_WINDOW, HUB, NOTIFICATIONS))
    window.says("a", "b", "c")
    other.says("d")
    hub.says("e", "f", to=WINDOW)
    hub.says("g", to=OTHER_WINDOW)
    hub.says("h", "i", "j", to=NOTIFICATIONS)
    notifications.says("k", to=HUB)
    world.settles(window, other, hub, notifications)

    assert [hub.through(source) for source in (WINDOW, OTHER_WINDOW, NOTIFICATIONS)] == [3, 1, 1]
    assert [node.through(HUB) for node in (window, other, notifications)] == [2, 1, 3]
    assert sorted(window.settled()) == ["a", "b", "c"]
    assert sorted(hub.settled()) == ["e", "f", "g", "h", "i", "j"]
    assert notifications.settled() == ["k"]


def test_receipts_are_not_answered_and_leave_nothing_behind(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says("case-1")
    hub.says("case-1", to=WINDOW)
    world.settles(window, hub, rounds=10)
    assert window.outbox_rows(sequenced=False) == []
    assert hub.outbox_rows(sequenced=False) == []
    assert [window.sends(), hub.sends(), len(window.hears()), len(hub.hears())] == [0, 0, 0, 0]


def test_a_newer_heartbeat_replaces_one_that_still_waits(world: World):
    window = world.node(WINDOW)
    for _ in range(5):
        window.reports(HUB)
    assert len(window.outbox_rows(sequenced=False)) == 1


def test_places_are_gapless_from_one_and_in_order_of_saying(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    subjects = [f"case-{number:02}" for number in range(35)]
    window.says(*subjects)
    window.sends()
    rows = window.outbox_rows()
    assert [row["sequence"] for row in rows] == list(range(1, 36))
    assert [row["subject"] for row in rows] == subjects
    world.settles(window, hub)
    assert hub.through(WINDOW) == 35


def test_what_is_for_all_windows_reaches_each_of_them_unsealed(world: World):
    hub, window, other = world.node(HUB), world.node(WINDOW), world.node(OTHER_WINDOW)
    heard = []
    for node in (window, other):
        node.inbox._reactions = {"directory.published": lambda received, work: heard.append(received.event.version)}
    with hub.works.open() as work:
        event = DirectoryPublished(version="2026-11", directory={}, rules={})
        work.outbox.append(event, to=Address.everyone(NODE), subject="directory", version=1, sequenced=False)
    hub.sends()
    window.hears()
    other.hears()
    assert heard == ["2026-11", "2026-11"]


def test_the_backlog_counts_what_waits_and_what_has_no_receipt(world: World):
    window = world.node(WINDOW)
    window.says("a", "b")
    window.sends()
    window.says("c")
    with window.database.read() as connection:
        found = backlog(connection, window.tables)
    assert (found.queued, found.unreceipted, found.problems) == (1, 2, {})


def test_a_feed_takes_a_stream_in_batches_and_acknowledges_it(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says(*(f"case-{number}" for number in range(57)))
    feed = hub.feed(size=20)
    with running(feed):
        window.sends()
        wait_until(lambda: len(hub.heard()) == 57, seconds=20, what="57 effects")
    assert hub.fetch() == []
    assert hub.through(WINDOW) == 57


def test_a_feed_that_stops_gives_back_what_it_had_not_taken(world: World):
    window, hub = world.node(WINDOW), world.node(HUB)
    window.says(*(f"case-{number}" for number in range(8)))
    window.sends()
    arrived, go_on = threading.Event(), threading.Event()

    def never_done(messages):
        arrived.set()
        go_on.wait(10)
        raise OSError("the process was killed")

    feed = hub.feed(size=3)
    feed._take = never_done
    with running(feed):
        assert arrived.wait(10)
        feed.stop()
        go_on.set()
    wait_until(lambda: bool(hub.hears()) or len(hub.heard()) == 8, seconds=10, what="the messages to come back")
    wait_until(lambda: not hub.hears() and len(hub.heard()) == 8, seconds=10, what="all eight")
    assert sorted(hub.heard()) == [(f"case-{number}", 1) for number in range(8)]
