"""The audit on both databases: written with the act or not at all, and never a value."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, select

from shared.errors import Broken
from shared.persistence.engine import Database, open_database
from shared.security.audit import AuditTrail, audit_table
from shared.security.identities import Actor, Role

METADATA = MetaData()
AUDIT = audit_table(METADATA)
OFFICER = Actor("officer@pddh", Role.OFFICER, "sv", institution="pddh")


class At:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    with database.write() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()


def rows(database: Database) -> list[dict[str, object]]:
    with database.read() as connection:
        return [dict(row) for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id)).mappings()]


def test_a_row_says_who_did_what_to_which_object_and_its_fields(database: Database) -> None:
    with database.write() as connection:
        trail = AuditTrail(connection, AUDIT, At())
        trail.note(OFFICER, "referral.read", "referral", "0193", ["given_name", "phone", "phone"])
        trail.note(OFFICER, "referral.accept", "referral", "0193")
        trail.flush()
        trail.flush()
    first, second = rows(database)
    assert (first["who"], first["role"], first["act"], first["kind"], first["object_id"], first["fields"], first["at"]) == (
        "officer@pddh", "officer", "referral.read", "referral", "0193", "given_name phone", At().now(),
    )
    assert (second["act"], second["fields"], second["position"], second["digest"]) == ("referral.accept", "", None, None)


def test_an_act_that_fails_leaves_no_trace(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        trail = AuditTrail(connection, AUDIT, At())
        trail.note(OFFICER, "referral.read", "referral", "0193")
        trail.flush()
        raise ZeroDivisionError
    assert rows(database) == []


@pytest.mark.parametrize("value", ["María López", "+50370000000", "01234567-8", "Zelaya", "a b", "", "x" * 100])
def test_what_is_not_a_name_of_a_field_is_not_written(database: Database, value: str) -> None:
    with database.write() as connection, pytest.raises(Broken) as mistake:
        AuditTrail(connection, AUDIT, At()).note(OFFICER, "case.read", "case", "0193", [value])
    assert not value or value not in str(mistake.value)
