"""A window lets its staff in with no network, and what they change of their account holds there at once."""

import re
from dataclasses import replace

from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.account_changed import AccountChanged
from tests.drivers.person import PASSWORD, Person
from tests.integration.intake.world import STAFF, World

NEW = "cuatro gatos bajo la lluvia"


def enters(world: World, username: str = STAFF, password: str = PASSWORD) -> Person:
    person = world.person()
    person.signs_in(username, password)
    return person


def user_here(world: World, username: str = STAFF) -> UserAccess:
    with world.window.works.open() as work:
        found = work.access.get(username)
    assert found is not None
    return found


def changes_password(person: Person, old: str = PASSWORD, new: str = NEW) -> None:
    person.visits("/cuenta/contrasena")
    person.sends("/cuenta/contrasena", password=old, new_password=new, again=new)


def account_changes(world: World) -> list[AccountChanged]:
    return [event for kind, event in world.sends() if kind == "account.changed"]


def test_staff_and_supervisor_enter_by_password_alone_and_see_where_they_are(world):
    for username in (STAFF, "supervisor@la-union"):
        person = enters(world, username)
        assert person.at == "/hoy"
        assert "Ventanilla de La Unión" in person.text
    assert "segundo paso" not in person.visits("/cuenta").text.lower()


def test_people_of_other_places_do_not_enter(world):
    for username in ("staff@la-hachadura", "officer@pddh"):
        assert enters(world, username).page.status_code == 422


def test_a_new_password_holds_at_once_and_is_told_to_the_hub(world):
    person, other = enters(world), enters(world)
    changes_password(person)
    assert person.is_in
    assert not other.is_in
    assert enters(world, password=PASSWORD).page.status_code == 422
    assert enters(world, password=NEW).is_in
    (told,) = account_changes(world)
    assert (told.username, told.language, told.tokens) == (STAFF, None, ())
    assert told.password_hash == user_here(world).password_hash


def test_the_session_goes_on_when_the_hub_says_back_what_was_changed(world):
    person = enters(world)
    changes_password(person)
    person.sends("/cuenta/sesiones/cerrar-todas")
    now = user_here(world)
    world.hub_tells(AccessChanged((replace(now, version=now.version + 1),)))
    assert person.is_in


def test_a_word_of_the_hub_that_is_newer_stands_over_what_was_changed_here(world):
    person = enters(world)
    changes_password(person)
    before = user_here(world)
    world.hub_tells(AccessChanged((replace(before, version=before.version + 1, active=False),)))
    assert not person.is_in
    assert enters(world, password=NEW).page.status_code == 422


def test_whoever_moved_to_another_window_is_out_of_this_one(world):
    person = enters(world)
    before = user_here(world)
    world.hub_tells(AccessChanged((replace(before, version=before.version + 1, window="la-hachadura"),)))
    assert not person.is_in
    assert enters(world).page.status_code == 422


def test_a_first_password_must_be_changed_also_with_no_network(world):
    before = user_here(world)
    world.hub_tells(AccessChanged((replace(before, version=before.version + 1, must_change=True),)))
    person = enters(world)
    assert person.at.startswith("/cuenta/contrasena")
    person.sends("/cuenta/contrasena", password=PASSWORD, new_password=NEW, again=NEW)
    assert person.at == "/hoy"
    assert not user_here(world).must_change


def test_language_keys_and_signing_out_everywhere_are_told_too(world):
    person = enters(world)
    person.sends("/idioma", language="en")
    person.visits("/cuenta/claves")
    person.sends("/cuenta/claves", name="report")
    token = re.search(r"vtn_[A-Za-z0-9_-]{43}", person.text)[0]
    assert world.call("GET", "/sync", by=None, Authorization=f"Bearer {token}").status_code == 200
    assert world.call("POST", "/visits", {"topics": []}, by=None, Authorization=f"Bearer {token}").status_code == 403
    assert world.call("POST", "/cases/search", {"q": "x"}, by=None, Authorization=f"Bearer {token}").status_code == 200
    person.visits("/cuenta")
    person.sends("/cuenta/sesiones/cerrar-todas")
    language, key, out = account_changes(world)
    assert language.language == "en"
    assert [(one.scope, one.name, one.revoked) for one in key.tokens] == [("read", "report", False)]
    assert out.sign_out
    person.visits("/cuenta/claves")
    person.sends("/cuenta/claves/revocar", id=key.tokens[0].hash)
    assert [one.revoked for one in account_changes(world)[-1].tokens] == [True]
    assert world.call("GET", "/sync", by=None, Authorization=f"Bearer {token}").status_code == 401


def test_a_hub_that_was_restored_is_told_the_account_again_whole(world):
    from services.intake.store.rebuild import Rebuilder

    person = enters(world)
    changes_password(person)
    with world.window.database.read() as connection:
        rebuilt = Rebuilder(world.window.tables, world.window.vault)(connection, "account.changed", STAFF)
    assert rebuilt is not None
    assert rebuilt.event.password_hash == user_here(world).password_hash
    assert rebuilt.event.language == "es"
    assert rebuilt.version > 10**12


def test_numbers_of_the_window_are_for_those_who_are_in(world):
    assert "Pendientes de envío" not in world.person().visits("/estado").text
    assert "Pendientes de envío" in enters(world).visits("/estado").text
