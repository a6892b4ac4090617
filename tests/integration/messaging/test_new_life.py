"""A database that was put back begins a new life with what it has to say, and without what it said of its old one."""

import pytest
from sqlalchemy import MetaData, insert, select

from shared.ids import new_id
from shared.messaging.epochs import begin_epoch, epoch_of
from shared.messaging.new_life import begin_life
from shared.messaging.node_state import note, recall
from shared.messaging.recovery import (
    begin_recovery,
    end_recovery,
    is_recovering,
    take_answer,
    was_restored,
    who_answered,
)
from shared.messaging.streams import lock_streams
from shared.messaging.tables import messaging_tables
from shared.persistence.engine import Database, open_database
from tests.conformance.messaging.world import HUB, OTHER_WINDOW, WINDOW, TurnedClock

metadata = MetaData()
TABLES = messaging_tables(metadata)
NOW = TurnedClock().now()


@pytest.fixture
def database(database_url: str):
    made = open_database(database_url)
    with made.write() as connection:
        metadata.create_all(connection)
    yield made
    made.close()


def row(kind: str, *, sequenced: bool) -> dict[str, object]:
    return {
        "id": new_id(), "destination": HUB.key, "exchange": "intake.events", "routing_key": "x", "type": kind, "schema_version": 1,
        "subject": "x", "version": 1, "time": NOW, "body": "sealed", "sequenced": sequenced, "due_at": NOW, "attempts": 0,
    }


def test_what_was_said_of_the_old_life_is_not_said_in_the_new_one(database: Database):
    with database.write() as connection:
        rows = [row("window.heartbeat", sequenced=False), row("case.registered", sequenced=True)]
        connection.execute(insert(TABLES.outbox), rows)
        note(connection, TABLES, "answered_to", "the hub's old life")
        note(connection, TABLES, "incarnation", "7")
        before = epoch_of(connection, TABLES)
        after = begin_life(connection, TABLES, above=None, forgets=("answered_to",))
        left = connection.execute(select(TABLES.outbox.c.type)).scalars().all()
        assert (left, recall(connection, TABLES, "answered_to"), recall(connection, TABLES, "incarnation")) == (
            ["case.registered"], None, "7",
        )
        assert before < after == epoch_of(connection, TABLES)


def test_a_new_life_sorts_above_one_that_only_the_replaced_database_knew(database: Database):
    lost = "ffffffff-0000-7000-8000-000000000000"
    with database.write() as connection:
        assert begin_life(connection, TABLES, above=lost) > lost


def test_a_node_recovers_from_each_source_until_that_one_has_answered_this_life_of_it(database: Database):
    with database.write() as connection:
        assert not is_recovering(connection, TABLES, WINDOW)
        old = epoch_of(connection, TABLES)
        begin_epoch(connection, TABLES)
        begin_recovery(connection, TABLES)
        epoch = epoch_of(connection, TABLES)
        assert was_restored(connection, TABLES)
        lock_streams(connection, TABLES, [WINDOW.key], epoch=epoch, now=NOW)
        take_answer(connection, TABLES, WINDOW, old)
        assert list(who_answered(connection, TABLES)) == []
        take_answer(connection, TABLES, WINDOW, epoch)
        take_answer(connection, TABLES, WINDOW, None)
        assert list(who_answered(connection, TABLES)) == [WINDOW]
        assert is_recovering(connection, TABLES, WINDOW)
        end_recovery(connection, TABLES, WINDOW)
        assert not is_recovering(connection, TABLES, WINDOW)
        assert is_recovering(connection, TABLES, OTHER_WINDOW)
        begin_epoch(connection, TABLES)
        begin_recovery(connection, TABLES)
        assert is_recovering(connection, TABLES, WINDOW)
