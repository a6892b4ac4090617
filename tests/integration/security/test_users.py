"""Users and tokens on both databases: who gets in, and how soon one is out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, MetaData, select

from shared.contracts.access import TokenAccess, UserAccess
from shared.errors import Refused
from shared.persistence.engine import Database, open_database
from shared.security.access_tables import access_tables
from shared.security.identities import Actor, Role, Scope
from shared.security.tokens import TOKEN_PREFIX, NewToken, Tokens, token_hash
from shared.security.users import ToldUsers, Users

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
METADATA = MetaData()
TABLES = access_tables(METADATA)
OFFICER = UserAccess("officer@pddh", "officer", "sv", version=0, institution="pddh", email="o@example.org")
STAFF = UserAccess("staff@la-union", "staff", "sv", version=0, window="la-union")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    with database.write() as connection:
        METADATA.create_all(connection)
    yield database
    database.close()


@pytest.fixture
def users(database: Database) -> Iterator[Users]:
    with database.write() as connection:
        yield Users(connection, TABLES)


def holder(users: Users, token: str | None, at: datetime) -> Actor | None:
    return Tokens(users._connection, TABLES).actor_of(token, at)


def test_a_token_names_its_holder(users: Users) -> None:
    users.add(OFFICER)
    users.add(STAFF)
    officer, staff = users.issue("officer@pddh", now=NOW), users.issue("staff@la-union", now=NOW)
    assert holder(users, officer, NOW) == Actor("officer@pddh", Role.OFFICER, "sv", institution="pddh")
    assert holder(users, staff, NOW) == Actor("staff@la-union", Role.STAFF, "sv", window="la-union")


def test_a_token_is_long_recognisable_and_never_the_same(users: Users) -> None:
    users.add(OFFICER)
    tokens = {users.issue("officer@pddh", now=NOW) for _ in range(20)}
    assert len(tokens) == 20
    assert all(token.startswith(TOKEN_PREFIX) and len(token) == len(TOKEN_PREFIX) + 43 for token in tokens)


def test_the_text_of_a_token_is_kept_nowhere(database: Database) -> None:
    with database.write() as connection:
        users = Users(connection, TABLES)
        users.add(OFFICER)
        token = users.issue("officer@pddh", now=NOW)
        kept = str(everything(connection))
    assert token.removeprefix(TOKEN_PREFIX) not in kept
    assert token_hash(token) in kept


def everything(connection: Connection) -> list[object]:
    return [tuple(row) for table in METADATA.sorted_tables for row in connection.execute(select(table))]


def test_a_revoked_expired_or_disabled_token_opens_nothing(users: Users) -> None:
    users.add(OFFICER)
    revoked, other = (users.issue("officer@pddh", now=NOW) for _ in range(2))
    users.revoke("officer@pddh", revoked)
    assert holder(users, revoked, NOW) is None
    assert holder(users, other, NOW) is not None
    short = users.issue("officer@pddh", NewToken(days=1), now=NOW)
    assert holder(users, short, NOW + timedelta(hours=23)) is not None
    assert holder(users, short, NOW + timedelta(days=1)) is None
    users.disable("officer@pddh")
    assert holder(users, other, NOW) is None


def test_all_tokens_of_a_user_are_revoked_at_once(users: Users) -> None:
    users.add(OFFICER)
    users.add(STAFF)
    lost = [users.issue("officer@pddh", now=NOW) for _ in range(3)]
    kept = users.issue("staff@la-union", now=NOW)
    users.revoke("officer@pddh")
    assert [holder(users, token, NOW) for token in lost] == [None] * 3
    assert holder(users, kept, NOW) is not None


def test_nobody_revokes_the_token_of_another(users: Users) -> None:
    users.add(OFFICER)
    users.add(STAFF)
    token = users.issue("officer@pddh", now=NOW)
    users.revoke("staff@la-union", token)
    assert holder(users, token, NOW) is not None


@pytest.mark.parametrize("token", [None, "", "vtn_", "vtn_" + "a" * 43, "a" * 43, "vtn_" + "é" * 43, "vtn_' OR 1=1 --" + "a" * 32, "x" * 10_000])
def test_what_is_no_token_of_ours_names_nobody(users: Users, token: str | None) -> None:
    users.add(OFFICER)
    users.issue("officer@pddh", now=NOW)
    assert holder(users, token, NOW) is None


def test_the_hash_that_lies_in_the_database_is_not_a_token(users: Users) -> None:
    users.add(OFFICER)
    token = users.issue("officer@pddh", now=NOW)
    assert holder(users, TOKEN_PREFIX + token_hash(token)[:43], NOW) is None


@pytest.mark.parametrize(
    "wrong",
    [
        replace(OFFICER, role="system"),
        replace(OFFICER, role="king"),
        replace(OFFICER, institution=None),
        replace(OFFICER, window="la-union"),
        replace(STAFF, window=None),
        replace(STAFF, institution="pddh"),
        replace(STAFF, role="auditor"),
    ],
)
def test_a_role_stands_in_its_own_place_only(users: Users, wrong: UserAccess) -> None:
    with pytest.raises(Refused) as refusal:
        users.add(wrong)
    assert list(refusal.value.fields) == ["role"]
    assert users.everyone() == []


def test_a_name_is_given_once(users: Users) -> None:
    users.add(OFFICER)
    with pytest.raises(Refused) as refusal:
        users.add(replace(OFFICER, institution="rree"))
    assert refusal.value.code == "duplicate_name"


def test_every_change_raises_the_version_that_others_compare(users: Users) -> None:
    versions = [users.add(OFFICER).version]
    token = users.issue("officer@pddh", now=NOW)
    versions.append(users.everyone()[0].version)
    versions += [users.set_password("officer@pddh", "$argon2id$x").version]
    versions += [users.revoke("officer@pddh", token).version, users.disable("officer@pddh").version]
    assert versions == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("act", ["disable", "revoke"])
def test_an_unknown_user_is_not_found(users: Users, act: str) -> None:
    with pytest.raises(Refused) as refusal:
        getattr(users, act)("nobody@nowhere")
    assert refusal.value.code == "not_found"
    with pytest.raises(Refused):
        users.issue("nobody@nowhere", now=NOW)


def test_a_user_travels_whole_and_gets_in_where_they_were_told_of(database_url: str, database: Database) -> None:
    with database.write() as connection:
        hub = Users(connection, TABLES)
        hub.add(OFFICER)
        token = hub.issue("officer@pddh", now=NOW)
        told = hub.get("officer@pddh")
        assert told is not None
        connection.execute(TABLES.tokens.delete())
        connection.execute(TABLES.users.delete())
        there = Users(connection, TABLES)
        assert there.keep(told)
        assert there.get("officer@pddh") == told
        assert holder(there, token, NOW) is not None


def test_what_is_told_twice_or_late_changes_nothing(users: Users) -> None:
    first = replace(OFFICER, version=4, tokens=(TokenAccess("a" * 64, NOW), TokenAccess("b" * 64, NOW)))
    newer = replace(first, version=5, active=False, tokens=(TokenAccess("b" * 64, NOW, revoked=True),))
    assert [users.keep(told) for told in (first, newer, newer, first)] == [True, True, False, False]
    assert users.everyone() == [newer]


def test_the_last_use_is_kept_to_the_hour_and_survives_a_change(database: Database) -> None:
    with database.write() as connection:
        users = Users(connection, TABLES)
        users.add(OFFICER)
        token = users.issue("officer@pddh", now=NOW)
        for minutes, expected in ((0, 0), (59, 0), (60, 60)):
            Tokens(connection, TABLES).note_use(token, NOW + timedelta(minutes=minutes))
            assert last_used(connection) == NOW + timedelta(minutes=expected)
        told = users.get("officer@pddh")
        assert told is not None
        assert users.keep(replace(told, version=told.version + 1))
        assert last_used(connection) == NOW + timedelta(minutes=60)


def last_used(connection: Connection) -> datetime:
    used: datetime = connection.execute(select(TABLES.tokens.c.last_used_at)).scalar_one()
    return used


def test_a_token_that_only_reads_says_so_wherever_it_is_told(users: Users) -> None:
    users.add(OFFICER)
    token = users.issue("officer@pddh", NewToken("informe", Scope.READ, 30), now=NOW)
    found = holder(users, token, NOW)
    assert found is not None
    assert found.scope is Scope.READ
    told = users.get("officer@pddh")
    assert told is not None
    (kept,) = told.tokens
    assert (kept.scope, kept.name, kept.expires_at) == ("read", "informe", NOW + timedelta(days=30))


def test_a_scope_that_nobody_knows_yet_gives_the_least(users: Users) -> None:
    token = "vtn_" + "a" * 43
    users.keep(replace(OFFICER, version=3, tokens=(TokenAccess(token_hash(token), NOW, scope="statistics"),)))
    found = holder(users, token, NOW)
    assert found is not None
    assert found.scope is Scope.READ


def test_whoever_was_disabled_gets_in_again_when_enabled(users: Users) -> None:
    users.add(OFFICER)
    token = users.issue("officer@pddh", now=NOW)
    users.disable("officer@pddh")
    users.enable("officer@pddh")
    assert holder(users, token, NOW) is not None


def test_what_a_window_changes_never_stands_over_the_next_word_of_the_hub(database: Database) -> None:
    with database.write() as connection:
        window = ToldUsers(connection, TABLES)
        window.keep(replace(STAFF, version=4))
        for _ in range(5):
            window.set_password("staff@la-union", "$argon2id$here")
        assert window.keep(replace(STAFF, version=5, active=False))
        told = window.get("staff@la-union")
    assert told is not None
    assert not told.active


def test_the_number_of_an_own_change_rises_also_when_the_clock_goes_back(users: Users) -> None:
    users.add(STAFF)
    numbers = [users.next_own_change("staff@la-union", NOW + timedelta(days=days)) for days in (0, 1, -5, -5)]
    assert numbers == sorted(set(numbers))
    assert not users.changed_elsewhere("staff@la-union", numbers[1])
    assert users.changed_elsewhere("staff@la-union", numbers[-1] + 1)


def test_a_token_that_was_revoked_anywhere_stays_so(users: Users) -> None:
    users.add(OFFICER)
    token = users.issue("officer@pddh", now=NOW)
    open_one, shut = TokenAccess(token_hash(token), NOW), TokenAccess(token_hash(token), NOW, revoked=True)
    users.take_tokens("officer@pddh", (shut,))
    users.take_tokens("officer@pddh", (open_one, TokenAccess("e" * 64, NOW)))
    told = users.get("officer@pddh")
    assert told is not None
    assert {one.hash: one.revoked for one in told.tokens} == {token_hash(token): True, "e" * 64: False}
