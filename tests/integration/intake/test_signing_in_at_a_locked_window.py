"""A window whose keys are locked, as its people see it: the sign-in opens it, and only the right one's."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.console.accounts import accounts_of
from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.security.key_door import IDLE
from shared.security.keys import STORE_FILE
from shared.security.locked_store import LockedStore
from shared.security.passwords import Passwords, at_once
from shared.security.protecting import Staff, protect, recover
from shared.security.store_file import new_recovery_key, read_store
from tests.cast import returned_woman
from tests.drivers.person import PASSWORD, Person
from tests.integration.intake.test_locked import arrives
from tests.integration.intake.world import STAFF, SUPERVISOR, World

NEW, OTHER = "cuatro gatos bajo la lluvia", "cinco perros bajo la lluvia"
RECOVERY = new_recovery_key()


@pytest.fixture
def locked(world: World) -> World:
    """A window with one case, locked for Ana of its staff and for the coordination."""
    world.case = world.registers(returned_woman())
    world.window.close()
    protect(world.settings.key_store, recovery=RECOVERY.public_part(), first=Staff(STAFF, PASSWORD))
    world.start()
    return world


@pytest.fixture
def alone(world: World) -> World:
    """The same, but Ana's is the only way in."""
    world.case = world.registers(returned_woman())
    world.protects(STAFF, PASSWORD)
    return world


def opens_by(world: World, username: str, password: str) -> bool:
    """Whether a thief of the disk who knows this password opens the keys."""
    return LockedStore(world.settings.key_store, at_once).open_with(username, password)


def reads(world: World, by: str = STAFF) -> int:
    """How the API answers somebody's program that asks for the case."""
    return world.call("GET", f"/cases/{world.case['id']}", by=by).status_code


def leaves(person: Person) -> None:
    person.visits("/salir")
    person.sends("/salir")


def told(username: str = STAFF, role: str = "staff", **changes: Any) -> AccessChanged:
    known = {"username": username, "role": role, "node": "sv", "window": "la-union", "version": 9, "active": True}
    return AccessChanged((UserAccess(**{**known, "password_hash": Passwords(at_once).hashed(PASSWORD), **changes}),))


def code_of(world: World, username: str) -> str:
    return recover(world.settings.key_store / STORE_FILE, RECOVERY, username)


def test_a_sign_in_opens_it_and_the_last_sign_out_locks_it(locked: World):
    ana, beto = locked.person(), locked.person()
    assert reads(locked) == 423
    ana.visits("/entrar")
    assert "La ventanilla está cerrada con llave" in ana.text
    ana.signs_in(STAFF)
    assert ana.is_in
    assert reads(locked) == 200
    beto.signs_in(SUPERVISOR)
    assert "cerrada con llave" not in beto.text
    for person in (ana, beto):
        assert reads(locked) == 200
        leaves(person)
    assert reads(locked) == 423
    assert opens_by(locked, SUPERVISOR, PASSWORD)  # who came while it was open opens it alone from then on


def test_a_wrong_password_leaves_it_locked(locked: World):
    ana = locked.person()
    assert ana.signs_in(STAFF, OTHER).status_code == 422
    assert (ana.is_in, reads(locked)) == (False, 423)


def test_who_walks_away_leaves_it_locked_after_a_quarter_of_an_hour(locked: World):
    ana = locked.person()
    ana.signs_in(STAFF)
    locked.clock.at += IDLE - timedelta(minutes=1)
    assert ana.is_in  # she does something
    locked.clock.at += IDLE - timedelta(minutes=1)
    locked.window.entrance.look_who_is_left()
    assert reads(locked) == 200
    locked.clock.at += timedelta(minutes=2)
    locked.window.entrance.look_who_is_left()
    assert reads(locked) == 423


def test_after_a_power_cut_an_open_session_opens_nothing_and_what_was_typed_is_kept(locked: World):
    ana = locked.person()
    ana.signs_in(STAFF)
    ana.visits("/cuenta/claves")
    locked.window.close()
    locked.start()
    ana.client.application = locked.window.site  # her browser, cookies and all, as a thief of the PC has it too
    assert reads(locked) == 423
    assert ana.sends("/cuenta/claves", name="informe de mayo", scope="read", days="90").status_code == 401
    assert "La ventanilla está cerrada con llave" in ana.text
    ana.sends("/entrar", username=STAFF, password=PASSWORD)
    assert ana.at == "/cuenta/claves"
    assert 'value="informe de mayo"' in ana.text
    assert reads(locked) == 200


def test_a_password_that_somebody_changes_at_the_window_opens_it_and_the_old_one_does_not(locked: World):
    ana = locked.person()
    ana.signs_in(STAFF)
    ana.visits("/cuenta/contrasena")
    ana.sends("/cuenta/contrasena", password=PASSWORD, new_password=NEW, again=NEW)
    assert ana.is_in
    leaves(ana)
    assert not opens_by(locked, STAFF, PASSWORD)
    again = locked.person()
    again.signs_in(STAFF, PASSWORD)
    assert not again.is_in
    again.signs_in(STAFF, NEW)
    assert again.is_in
    assert reads(locked) == 200


def test_who_has_never_been_in_beside_a_colleague_is_told_what_to_do_and_comes_in_by_a_code(locked: World):
    beto = locked.person()
    answer = beto.signs_in(SUPERVISOR)
    assert answer.status_code == 423
    assert "Que entre primero una colega" in beto.errors[0]
    assert reads(locked) == 423
    assert beto.sends("/entrar", username=SUPERVISOR, password=PASSWORD, code="ABCD-EFGH").status_code == 423
    beto.sends("/entrar", username=SUPERVISOR, password=PASSWORD, code=code_of(locked, SUPERVISOR))
    assert beto.is_in
    assert opens_by(locked, SUPERVISOR, PASSWORD)


def test_codes_are_not_guessed_by_whoever_knows_a_password(locked: World):
    beto = locked.person()
    beto.signs_in(SUPERVISOR)
    answers = [
        beto.sends("/entrar", username=SUPERVISOR, password=PASSWORD, code=f"{number}").status_code for number in range(10)
    ]
    assert answers[:4] == [423] * 4
    assert answers[-1] == 422  # the account has to wait by now


def test_a_dismissed_officer_opens_it_neither_by_the_page_nor_by_the_disk(locked: World):
    ana, beto = locked.person(), locked.person()
    ana.signs_in(STAFF)
    beto.signs_in(SUPERVISOR)
    arrives(locked, locked.message(told(SUPERVISOR, "supervisor", active=False)))
    assert (ana.is_in, beto.is_in) == (True, False)
    leaves(ana)
    beto.signs_in(SUPERVISOR)
    assert (beto.is_in, reads(locked), opens_by(locked, SUPERVISOR, PASSWORD)) == (False, 423, False)


def test_a_dismissal_that_came_while_it_was_locked_shuts_out_the_very_one_who_opens_it(locked: World):
    arrives(locked, locked.message(told(active=False)))
    ana = locked.person()
    assert ana.signs_in(STAFF).status_code == 422
    assert (ana.is_in, reads(locked, SUPERVISOR), opens_by(locked, STAFF, PASSWORD)) == (False, 423, False)


def test_a_password_that_was_reset_while_it_was_locked_is_heard_by_the_old_one_and_then_opens_alone(locked: World):
    arrives(locked, locked.message(told(password_hash=Passwords(at_once).hashed(NEW))))
    ana = locked.person()
    ana.signs_in(STAFF, NEW)
    assert not ana.is_in  # it has not been heard of: it is sealed
    ana.signs_in(STAFF, PASSWORD)
    assert not ana.is_in  # now it has
    assert not opens_by(locked, STAFF, PASSWORD)
    ana.signs_in(STAFF, NEW)
    assert ana.is_in
    assert opens_by(locked, STAFF, NEW)


def test_who_forgot_their_password_comes_in_by_a_reset_on_the_pc_and_a_code(locked: World):
    """As docs/runbooks/add-a-window.md says it."""
    with accounts_of(locked.settings) as accounts:
        accounts.set_first_password(STAFF, Passwords(at_once).hashed(OTHER))
    code = code_of(locked, STAFF)
    ana = locked.person()
    assert ana.signs_in(STAFF, OTHER).status_code == 423
    ana.sends("/entrar", username=STAFF, password=OTHER, code=code)
    assert ana.at.startswith("/cuenta/contrasena")
    ana.sends("/cuenta/contrasena", password=OTHER, new_password=NEW, again=NEW)
    assert ana.is_in
    assert [opens_by(locked, STAFF, word) for word in (OTHER, code, NEW)] == [False, False, True]
    assert "account.changed" in dict(locked.sends())


def test_the_only_way_in_is_kept_until_there_is_another(alone: World):
    arrives(alone, alone.message(told(active=False)))
    ana = alone.person()
    ana.signs_in(STAFF)
    assert not ana.is_in
    store = alone.settings.key_store / STORE_FILE
    assert [(name, wrap.going) for name, wrap in read_store(store).staff.items()] == [(STAFF, True)]
    alone.window.keys.open_with(STAFF, PASSWORD)  # as `keys unprotect` may: nothing is lost
    beto = alone.person()
    beto.signs_in(SUPERVISOR)
    assert beto.is_in
    assert set(read_store(store).staff) == {SUPERVISOR}


def test_an_unprotected_window_asks_for_nothing_of_this(world: World):
    ana = world.person()
    ana.visits("/entrar")
    assert "cerrada con llave" not in ana.text
    ana.signs_in(STAFF)
    leaves(ana)
    assert world.call("GET", "/cases").status_code == 200
    assert not (Path(world.settings.key_store) / STORE_FILE).exists()
