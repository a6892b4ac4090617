"""Places stay gapless and each row is published by one relay at a time, on either database."""

import threading
import uuid

import pytest

from shared.messaging.broker import Broker
from shared.messaging.ports import Outcome
from tests.conformance.messaging.conftest import PostgresqlUrls, SqliteUrls, forget_memory_broker
from tests.conformance.messaging.world import HUB, WINDOW, World


class Counts:
    """A broker that takes everything and remembers who gave it."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def ready(self):
        pass

    def publish(self, messages):
        self.seen += [message.id for message in messages]
        return {message.id: Outcome.SENT for message in messages}

    def close(self):
        pass


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def one_database(request, tmp_path):
    forget_memory_broker()
    kind = request.param
    urls = SqliteUrls(tmp_path) if kind == "sqlite" else PostgresqlUrls(request.getfixturevalue("postgresql"))
    world = World(Broker("memory://"), tmp_path / f"keys-{uuid.uuid4().hex[:4]}", urls)
    yield world
    world.close()
    if kind == "postgresql":
        urls.drop()


def test_several_relays_give_gapless_places_and_publish_each_row_once(one_database: World):
    window = one_database.node(WINDOW)
    publishers = [Counts() for _ in range(3)]
    relays = [window.new_relay(publisher, batch_size=7) for publisher in publishers]
    for relay in relays:
        relay.turn()
    everything: list[str] = []
    speaking = threading.Event()
    speaking.set()

    def speak():
        for number in range(30):
            everything.extend(window.says(*(f"case-{number}-{part}" for part in range(5))))
        speaking.clear()

    def relay_until_done(relay):
        while speaking.is_set() or relay.turn():
            relay.turn()

    threads = [threading.Thread(target=relay_until_done, args=[relay]) for relay in relays]
    threads.append(threading.Thread(target=speak))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while relays[0].turn():
        pass
    published = [message_id for publisher in publishers for message_id in publisher.seen]
    assert sorted(published) == sorted(everything)
    rows = window.outbox_rows()
    assert [row["sequence"] for row in rows] == list(range(1, 151))
    assert all(row["sent_at"] is not None for row in rows)


def test_two_consumers_of_one_stream_leave_no_gap_and_no_second_effect(one_database: World):
    window, hub = one_database.node(WINDOW), one_database.node(HUB)
    window.says(*(f"case-{number}" for number in range(60)))
    window.sends()
    messages = hub.fetch()
    evens, odds = messages[::2], messages[1::2]
    failures = []

    def take(parts):
        try:
            for start in range(0, 30, 6):
                hub.inbox.take(parts[start : start + 6] + messages[:3])
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=take, args=[parts]) for parts in (evens, odds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(hub.heard()) == 60
    assert hub.through(WINDOW) == 60
