"""What every service relies on, held to on SQLite and PostgreSQL alike."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from shared.errors import ConfigError, TryAgain
from shared.persistence.columns import Moment
from shared.persistence.engine import Database, open_database

METADATA = MetaData()
THINGS = Table(
    "things",
    METADATA,
    Column("name", String(50), primary_key=True),
    Column("count", Integer),
    Column("at", Moment),
)


@pytest.fixture
def database(database_url: str):
    database = open_database(database_url)
    with database.write() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()


def _count(database: Database) -> int:
    with database.read() as connection:
        return len(connection.execute(select(THINGS)).all())


def test_a_write_is_there_afterwards(database):
    with database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", count=1))
    assert _count(database) == 1


def test_a_failed_write_leaves_nothing(database):
    with pytest.raises(RuntimeError), database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", count=1))
        raise RuntimeError
    assert _count(database) == 0


def test_a_broken_constraint_is_not_taken_for_a_passing_fault(database):
    with database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", count=1))
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", count=2))


def test_the_database_goes_on_after_a_failed_write(database):
    with pytest.raises(ZeroDivisionError), database.write():
        _ = 1 / 0
    with database.write() as connection:
        connection.execute(insert(THINGS).values(name="b", count=1))
    assert _count(database) == 1


def test_a_reader_does_not_wait_for_a_writer(database):
    with database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", count=1))
        assert _count(database) == 0


def test_writers_at_once_lose_nothing(database):
    failures: list[BaseException] = []

    def add(name: str) -> None:
        try:
            for n in range(5):
                with database.write() as connection:
                    connection.execute(insert(THINGS).values(name=f"{name}{n}", count=n))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=add, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    assert _count(database) == 40


def test_a_moment_comes_back_aware_and_in_utc(database):
    noon = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=-6)))
    with database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", at=noon))
    with database.read() as connection:
        found = connection.execute(select(THINGS.c.at)).scalar_one()
    assert found == noon
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(Exception, match="without a zone"), database.write() as connection:
        connection.execute(insert(THINGS).values(name="a", at=datetime(2026, 1, 1)))  # noqa: DTZ001 - the mistake that is refused


@pytest.mark.parametrize(
    "url", ["postgresql://x/y", "postgresql+psycopg://x/y", "mysql://x/y", "sqlite://", "nonsense"]
)
def test_another_kind_of_database_is_refused_in_a_sentence(url):
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        open_database(url)


def test_another_process_with_the_lock_is_waited_for(sqlite_url):
    first, second = open_database(sqlite_url), open_database(sqlite_url)
    with first.write() as connection:
        METADATA.create_all(connection)
    done = threading.Event()

    def late() -> None:
        with second.write() as connection:
            connection.execute(insert(THINGS).values(name="late", count=1))
        done.set()

    with first.write() as connection:
        connection.execute(insert(THINGS).values(name="early", count=1))
        thread = threading.Thread(target=late)
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(5)
    thread.join()
    assert _count(first) == 2
    first.close()
    second.close()


def test_a_server_that_is_away_is_a_passing_fault():
    database = open_database("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    with pytest.raises(TryAgain), database.write():
        pass
