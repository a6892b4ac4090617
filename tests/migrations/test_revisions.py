"""The revisions make exactly what the services' tables declare, on both databases."""

import pytest

from shared.persistence.engine import open_database
from shared.persistence.migrate import differences, migrate, pending
from tests.migrations.schemas import SCHEMAS


@pytest.mark.parametrize("service", SCHEMAS)
def test_the_revisions_make_what_the_tables_declare(service, database_url):
    database = open_database(database_url)
    assert pending(database, service)
    migrate(database, service)
    assert not pending(database, service)
    with database.read() as connection:
        assert differences(connection, SCHEMAS[service]()) == []
    database.close()


@pytest.mark.parametrize("service", SCHEMAS)
def test_migrating_twice_changes_nothing(service, sqlite_url):
    database = open_database(sqlite_url)
    migrate(database, service)
    migrate(database, service)
    assert not pending(database, service)
    database.close()
