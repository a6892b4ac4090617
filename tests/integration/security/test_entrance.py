"""Signing in on both databases: who gets in, what slows a guesser down, and when a session is over."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, select

from shared.contracts.access import UserAccess
from shared.persistence.engine import Database, open_database
from shared.security.access_tables import access_tables
from shared.security.attempts import ACCOUNT_FAILURES
from shared.security.audit import audit_table
from shared.security.entrance import Entrance, entrance_tables
from shared.security.identities import Actor
from shared.security.page_secrets import PageSecrets
from shared.security.passwords import Passwords
from shared.security.presence import NobodyHears
from shared.security.sessions import IDLE, LONGEST, Stage
from shared.security.users import ToldUsers, Users
from shared.security.visitors import Browser
from tests.integration.web.tiny import PlainSeals

METADATA = MetaData()
ACCESS, TABLES, AUDIT = access_tables(METADATA), entrance_tables(METADATA), audit_table(METADATA)
GOOD, BAD = "tres gatos en la lluvia", "cuatro gatos en la lluvia"
HERE = Browser("10.0.0.7", "Firefox · Linux", "the browser of the officer")
STRANGER = Browser("203.0.113.9", "", None)
OFFICER = "officer@pddh"


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class Heard(NobodyHears):
    """Hears of people coming and going."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        self.said.append(f"{username} {password}")

    def nobody_left(self) -> None:
        self.said.append("nobody")


class House:
    """One service's entrance with one officer, and one who was dismissed."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.heard, self.hashes = database, Clock(), Heard(), []

        def run(compute):
            self.hashes.append(compute)
            return compute()

        passwords = Passwords(run)
        self.entrance = Entrance(
            database, ACCESS, TABLES, AUDIT, admits=lambda user: user.node == "sv", passwords=passwords,
            secrets=PageSecrets(b"k" * 32), seals=PlainSeals(), presence=self.heard, clock=self.clock, here=Actor.system("sv"),
        )
        kept = passwords.hashed(GOOD)
        with database.write() as connection:
            users = Users(connection, ACCESS)
            users.add(UserAccess(OFFICER, "officer", "sv", 1, institution="pddh", password_hash=kept))
            users.add(UserAccess("gone@pddh", "officer", "sv", 1, institution="pddh", password_hash=kept, active=False))
            users.add(UserAccess("abroad@pgn", "officer", "gt", 1, institution="pgn", password_hash=kept))
            users.add(UserAccess("new@pddh", "officer", "sv", 1, institution="pddh"))
        self.hashes.clear()

    def enters(self, username=OFFICER, password=GOOD, browser=HERE):
        return self.entrance.sign_in(username, password, browser)

    def secret(self) -> str:
        entered = self.enters()
        assert entered is not None
        return entered.secret

    def fails(self, times: int, browser=STRANGER, username=OFFICER) -> None:
        for _ in range(times):
            assert self.enters(username, BAD, browser) is None

    def changes(self, **changed) -> None:
        with self.database.write() as connection:
            users = ToldUsers(connection, ACCESS)
            known = users.get(OFFICER)
            assert known is not None
            users.keep(replace(known, version=known.version + 1, **changed))

    def audited(self) -> list[str]:
        with self.database.read() as connection:
            return [f"{row.act} {row.object_id}" for row in connection.execute(select(AUDIT).order_by(AUDIT.c.id))]


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    database = open_database(database_url)
    with database.write() as connection:
        METADATA.create_all(connection)
    yield House(database)
    database.close()


def test_name_and_password_open_a_session_that_knows_its_user(house):
    visitor = house.entrance.visitor(house.secret())
    assert visitor is not None
    assert visitor.actor == Actor(OFFICER, visitor.actor.role, "sv", institution="pddh")
    assert (visitor.session.stage, visitor.session.browser, visitor.due) == (Stage.OPEN, "Firefox · Linux", None)


@pytest.mark.parametrize("username", [OFFICER, "gone@pddh", "abroad@pgn", "new@pddh", "nobody@nowhere"])
def test_every_refusal_is_the_same_after_the_same_work(house, username):
    password = BAD if username == OFFICER else GOOD
    assert house.enters(username, password) is None
    assert len(house.hashes) == 1


def test_an_account_that_waits_is_refused_after_the_same_work_also_with_the_right_password(house):
    house.fails(ACCOUNT_FAILURES)
    house.hashes.clear()
    assert house.enters(browser=STRANGER) is None
    assert len(house.hashes) == 1


def test_what_is_kept_of_a_session_opens_nothing(house):
    secret = house.secret()
    with house.database.read() as connection:
        row = connection.execute(select(TABLES.sessions)).mappings().one()
    assert secret not in str(dict(row))
    assert house.entrance.visitor(row["hash"]) is None
    assert house.entrance.visitor(row["id"]) is None


@pytest.mark.parametrize("secret", [None, "", "x", "x" * 5000, "' OR 1=1 --", "é"])
def test_a_made_up_session_is_nobodys(house, secret):
    house.secret()
    assert house.entrance.visitor(secret) is None


def test_a_session_ends_a_quarter_of_an_hour_after_the_last_thing_its_user_did(house):
    secret = house.secret()
    for _ in range(5):
        house.clock.forward(minutes=14)
        visitor = house.entrance.visitor(secret)
        assert visitor is not None
        house.entrance.saw(visitor)
    house.clock.at += IDLE
    assert house.entrance.visitor(secret) is None


def test_what_a_page_asks_by_itself_keeps_no_session_alive(house):
    secret = house.secret()
    for _ in range(14):
        house.clock.forward(minutes=1)
        assert house.entrance.visitor(secret) is not None
    house.clock.forward(minutes=1)
    assert house.entrance.visitor(secret) is None


def test_a_session_ends_after_twelve_hours_however_busy_its_user(house):
    secret, began = house.secret(), house.clock.at
    while house.clock.at < began + LONGEST:
        visitor = house.entrance.visitor(secret)
        assert visitor is not None
        house.entrance.saw(visitor)
        house.clock.forward(minutes=10)
    assert house.entrance.visitor(secret) is None


@pytest.mark.parametrize(
    "changed",
    [{"active": False}, {"password_hash": "$argon2id$other"}, {"role": "manager"}, {"institution": "rree"}, {"sign_outs": 1}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_word_of_the_hub_about_its_user_ends_a_session_with_the_next_request(house, changed):
    secret = house.secret()
    house.changes(**changed)
    assert house.entrance.visitor(secret) is None


def test_another_language_or_address_ends_no_session(house):
    secret = house.secret()
    house.changes(language="en", email="new@example.org")
    assert house.entrance.visitor(secret) is not None


def test_a_new_sign_in_takes_the_old_session_of_that_browser_away(house):
    planted = house.secret()
    entered = house.entrance.sign_in(OFFICER, GOOD, HERE, planted)
    assert entered is not None
    assert entered.secret != planted
    assert house.entrance.visitor(planted) is None


def test_signing_out_ends_it_and_the_last_one_out_is_heard(house):
    first, second = house.secret(), house.secret()
    house.entrance.sign_out(first)
    assert house.entrance.visitor(first) is None
    assert house.heard.said == [f"{OFFICER} {GOOD}"] * 2
    house.entrance.sign_out(second)
    assert house.heard.said[-1] == "nobody"


def test_who_walks_away_is_heard_too_once_it_is_looked_for(house):
    house.secret()
    house.entrance.look_who_is_left()
    assert "nobody" not in house.heard.said
    house.clock.at += IDLE
    house.entrance.look_who_is_left()
    assert house.heard.said[-1] == "nobody"


def test_who_is_just_coming_in_is_not_taken_for_nobody(house):
    look = threading.Thread(target=house.entrance.look_who_is_left)

    def looks_meanwhile(username: str, password: str, code: str = "") -> None:
        look.start()
        look.join(0.3)  # it waits until the session is there

    house.heard.signed_in = looks_meanwhile
    house.secret()
    look.join()
    assert "nobody" not in house.heard.said


def test_devices_are_listed_and_ended_one_by_one_and_nobody_elses(house):
    mine, other = house.secret(), house.secret()
    visitor = house.entrance.visitor(mine)
    assert visitor is not None
    devices = house.entrance.devices(visitor)
    assert len(devices) == 2
    (there,) = [one.id for one in devices if one.id != visitor.session.id]
    stranger = replace(visitor, user=replace(visitor.user, username="somebody@else"))
    assert not house.entrance.sign_out_listed(stranger, there)
    assert house.entrance.sign_out_listed(visitor, there)
    assert house.entrance.visitor(other) is None
    assert house.entrance.visitor(mine) is not None




def test_a_wait_passes_by_itself_and_the_right_password_clears_it(house):
    house.fails(ACCOUNT_FAILURES)
    assert house.enters(browser=STRANGER) is None
    house.clock.forward(seconds=31)
    assert house.enters(browser=STRANGER) is not None
    house.fails(ACCOUNT_FAILURES - 1)
    assert house.enters(browser=STRANGER) is not None


def test_tries_while_one_waits_make_the_wait_no_longer(house):
    house.fails(ACCOUNT_FAILURES + 40)
    house.clock.forward(seconds=31)
    assert house.enters(browser=STRANGER) is not None


def test_a_stranger_locks_nobody_out_of_the_browser_they_always_use(house):
    assert house.enters() is not None
    for _ in range(20):
        house.fails(ACCOUNT_FAILURES)
        house.clock.forward(minutes=3)
    assert house.enters(browser=STRANGER) is None
    assert house.enters(browser=HERE) is not None


def test_a_browser_that_only_says_it_is_known_is_not(house):
    house.enters()
    house.fails(ACCOUNT_FAILURES)
    assert house.enters(browser=replace(STRANGER, known="something else")) is None


def test_one_address_may_not_try_one_password_with_everybody(house):
    for number in range(60):
        house.enters(f"somebody{number}@pddh", BAD, STRANGER)
    assert house.enters(browser=STRANGER) is None
    assert house.enters(browser=HERE) is not None


def test_a_whole_office_signs_in_from_one_address(house):
    for _ in range(200):
        assert house.enters(browser=replace(STRANGER, address="10.0.0.1")) is not None


def test_the_owner_is_told_once_what_was_tried_in_vain(house):
    house.enters()
    house.fails(3)
    entered = house.enters()
    assert entered is not None
    assert (entered.unseen.count, entered.unseen.last_at) == (3, house.clock.at)
    again = house.enters()
    assert again is not None
    assert again.unseen.count == 0


def test_the_audit_names_users_of_ours_and_never_what_was_typed(house):
    house.enters("mi-contraseña-secreta@pddh", BAD)
    house.fails(ACCOUNT_FAILURES)
    house.enters()
    assert house.audited() == [f"session.refuse {OFFICER}"] * (ACCOUNT_FAILURES - 1) + [f"session.wait {OFFICER}"]
    house.clock.forward(minutes=1)
    house.entrance.sign_out(house.secret())
    assert house.audited()[-2:] == [f"session.open {OFFICER}", f"session.close {OFFICER}"]
    with house.database.read() as connection:
        kept = str([tuple(row) for table in METADATA.sorted_tables for row in connection.execute(select(table))])
    assert "mi-contraseña-secreta" not in kept
    assert STRANGER.address not in kept


def test_what_was_typed_is_given_back_once_and_only_to_its_form(house):
    secret = house.secret()
    house.entrance.carry(secret, "/a", b"typed")
    assert house.entrance.take_carried(secret, "/b") is None
    assert house.entrance.take_carried(secret, "/a") == b"typed"
    assert house.entrance.take_carried(secret, "/a") is None
    with house.database.read() as connection:
        assert "typed" not in str(connection.execute(select(TABLES.sessions)).mappings().all())
