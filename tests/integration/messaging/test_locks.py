"""A relay never waits for what a receipt holds: it once did, the receipt waited for the relay, and PostgreSQL ended one."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import update

from shared.messaging.broker import Broker
from shared.messaging.ports import Outcome
from tests.conformance.messaging.conftest import PostgresqlUrls, forget_memory_broker
from tests.conformance.messaging.world import HUB, OTHER_WINDOW, WINDOW, Node, World
from tests.servers import PostgreSQL

PATIENCE = 5
"""Seconds in which a relay that waits for nobody is long done."""


class Takes:
    """A broker that takes everything; ``meanwhile`` is what happens before it answers."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def ready(self) -> None:
        pass

    def publish(self, messages):
        self.seen += [message.id for message in messages]
        self.meanwhile()
        return {message.id: Outcome.SENT for message in messages}

    def close(self) -> None:
        pass


@pytest.fixture
def world(tmp_path: Path, postgresql: PostgreSQL) -> Iterator[World]:
    forget_memory_broker()
    urls = PostgresqlUrls(postgresql)
    world = World(Broker("memory://"), tmp_path / f"keys-{uuid.uuid4().hex[:4]}", urls)
    yield world
    world.close()
    urls.drop()


def _turns_in_time(turn: Callable[[], object]) -> bool:
    done = threading.Thread(target=turn, daemon=True)
    done.start()
    done.join(PATIENCE)
    return not done.is_alive()


def _unsent(hub: Node) -> list[object]:
    return [row["subject"] for row in hub.outbox_rows() if row["sent_at"] is None]


def test_a_stream_that_a_receipt_holds_keeps_no_relay_waiting(world: World):
    hub, broker = world.node(HUB), Takes()
    relay = hub.new_relay(broker)
    hub.says("first", to=WINDOW)
    relay.turn()
    hub.says("second", to=WINDOW)
    hub.says("other", to=OTHER_WINDOW)
    streams = hub.tables.streams
    with hub.database.write() as receipt:
        receipt.execute(update(streams).where(streams.c.destination == WINDOW.key).values(through=1))
        assert _turns_in_time(relay.turn)
        assert relay.held_up  # so that it looks again soon: nobody wakes it
    assert _unsent(hub) == ["second"]
    relay.turn()
    assert _unsent(hub) == []
    relay.turn()
    assert not relay.held_up


def test_a_row_that_a_receipt_holds_keeps_no_relay_waiting_and_goes_again_when_the_receipt_fails(world: World):
    hub, broker = world.node(HUB), Takes()
    relay = hub.new_relay(broker)
    held, _ = hub.says("held", "free", to=WINDOW)
    outbox = hub.tables.outbox
    with ExitStack() as stack:
        receipt = stack.enter_context(hub.database.write())
        stack.callback(receipt.rollback)
        broker.meanwhile = lambda: receipt.execute(
            update(outbox).where(outbox.c.id == held).values(settled_at=world.clock.now())
        )
        assert _turns_in_time(relay.turn)
        assert _unsent(hub) == ["held"]
    broker.meanwhile = lambda: None
    world.clock.forward(minutes=2)
    relay.turn()
    assert _unsent(hub) == []
    assert broker.seen.count(held) == 2
