"""The administrator's pages: who gets in, where, and how soon one is out."""

import re

import pytest

from services.referrals import commands
from shared.contracts.access import TokenAccess
from shared.contracts.account_changed import AccountChanged
from shared.errors import Refused
from tests.drivers.person import PASSWORD, Person
from tests.integration.referrals.world import LA_HACHADURA, LA_UNION, NOTIFICATIONS, World

USERS = "/administracion/usuarios"
NEW_PASSWORD = "cuatro gatos bajo la lluvia"


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, second_factor="optional")
    yield made
    made.close()


@pytest.fixture
def admin(world) -> Person:
    person = world.person()
    person.signs_in("admin@sv")
    return person


def opens(admin: Person, username: str) -> str:
    """The address of a user's page, once it is open."""
    admin.visits(USERS)
    address = re.search(rf'href="({USERS}/[0-9a-f]+)">{re.escape(username)}<', admin.text)[1]
    admin.visits(address)
    return address


def password_on(admin: Person) -> str:
    return re.search(r'class="secret">([^<]+)<', admin.text)[1]


def told(world: World, username: str, to=NOTIFICATIONS) -> list:
    return [user for one in world.said(to=to, kind="access.changed") for user in one.event.users if user.username == username]


def test_the_list_names_everybody_with_role_and_place(admin):
    admin.visits(USERS)
    for words in ("officer@pddh", "Oficial de institución", "staff@la-union", "Personal de ventanilla", "la-union"):
        assert words in admin.text


def test_no_address_of_a_page_names_a_user(admin):
    assert "officer" not in opens(admin, "officer@pddh")


def test_a_new_user_gets_a_first_password_and_chooses_their_own_at_the_first_sign_in(world, admin):
    admin.visits(f"{USERS}/nuevo")
    admin.sends(f"{USERS}/nuevo", username="m.perez@pddh", role="officer", institution="pddh", email="m.perez@pddh.example")
    first = password_on(admin)
    assert first not in admin.visits(USERS).text
    person = world.person()
    person.signs_in("m.perez@pddh", first)
    assert person.at.startswith("/cuenta/contrasena")
    assert "La contraseña que le dieron sirve una vez" in person.text
    person.sends("/cuenta/contrasena", password=first, new_password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert person.at == "/"
    other = world.person()
    other.signs_in("m.perez@pddh", NEW_PASSWORD)
    assert other.at == "/"
    assert [user.must_change for user in told(world, "m.perez@pddh")] == [True, False]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Escriba este dato."),
        ({"username": "Ana María", "role": "admin"}, "Use letras minúsculas"),
        ({"username": "ana@sv", "role": "king"}, "Elija una función."),
        ({"username": "ana@sv", "role": "system"}, "Esa función no existe."),
        ({"username": "ana@sv", "role": "officer"}, "Oficiales, suplentes y responsables pertenecen a una institución"),
        ({"username": "ana@sv", "role": "staff"}, "Personal y supervisión pertenecen a una ventanilla"),
        ({"username": "ana@sv", "role": "staff", "window": "atlantis"}, "No existe esa ventanilla."),
        ({"username": "ana@sv", "role": "officer", "institution": "atlantis"}, "No existe esa institución."),
        ({"username": "ana@sv", "role": "admin", "email": "no es correo"}, "Escriba un correo como"),
        ({"username": "ana@sv", "role": "admin", "language": "fr"}, "Elija una de las opciones."),
        ({"username": "admin@sv", "role": "admin"}, "Ya existe una cuenta con ese nombre."),
    ],
)
def test_what_is_wrong_with_a_new_user_is_said_and_what_was_typed_stays(world, admin, fields, words):
    before = len(commands.list_users(world.hub))
    admin.visits(f"{USERS}/nuevo")
    admin.sends(f"{USERS}/nuevo", **fields)
    assert admin.page.status_code == 422
    assert words in admin.text
    if "username" in fields:
        assert f'value="{fields["username"]}"' in admin.text
    assert len(commands.list_users(world.hub)) == before


def test_a_dismissed_officer_is_out_with_the_next_request_and_in_again_when_enabled(world, admin):
    officer = world.person()
    officer.signs_in("officer@pddh")
    address = opens(admin, "officer@pddh")
    admin.sends(f"{address}/deshabilitar")
    assert "Esa persona ya no puede entrar" in admin.text
    assert not officer.is_in
    assert world.at("officer@pddh").get("/referrals").status_code == 401
    assert told(world, "officer@pddh")[-1].active is False
    officer.signs_in("officer@pddh")
    assert officer.page.status_code == 422
    admin.visits(address)
    admin.sends(f"{address}/habilitar")
    officer.signs_in("officer@pddh")
    assert officer.is_in
    assert told(world, "officer@pddh")[-1].active is True


def test_nobody_shuts_themselves_out(admin):
    address = opens(admin, "admin@sv")
    admin.sends(f"{address}/deshabilitar")
    assert "No puede deshabilitarse a sí mismo" in admin.text
    admin.visits(address)
    admin.sends(address, role="auditor")
    assert "No puede cambiar su propia función" in admin.text
    assert admin.is_in


def test_a_member_of_staff_who_moves_is_told_to_the_window_they_leave_too(world, admin):
    address = opens(admin, "staff@la-union")
    admin.sends(address, role="staff", window="la-hachadura")
    assert "Los cambios se guardaron." in admin.text
    assert {told(world, "staff@la-union", to)[-1].window for to in (LA_UNION, LA_HACHADURA, NOTIFICATIONS)} == {"la-hachadura"}


def test_another_role_ends_the_open_session(world, admin):
    officer = world.person()
    officer.signs_in("officer@pddh")
    address = opens(admin, "officer@pddh")
    admin.sends(address, role="manager")
    assert not officer.is_in
    officer.signs_in("officer@pddh")
    assert "Responsable de institución" in officer.visits("/").text


def test_an_administrator_ends_the_sessions_of_somebody(world, admin):
    officer = world.person()
    officer.signs_in("officer@pddh")
    address = opens(admin, "officer@pddh")
    admin.sends(f"{address}/sesiones")
    assert not officer.is_in
    assert told(world, "officer@pddh")[-1].sign_outs == 1


def test_all_of_it_is_in_the_audit_with_who_did_it(world, admin):
    address = opens(admin, "officer@pddh")
    for act in ("contrasena", "sesiones", "segundo-paso", "deshabilitar", "habilitar"):
        admin.visits(address)
        admin.sends(f"{address}/{act}")
    lines = world.at("auditor@sv").get("/audit", page_size=200).json["items"]
    acts = {line["act"] for line in lines if line["who"] == "admin@sv" and line["object_id"] == "officer@pddh"}
    assert acts == {f"user.{act}" for act in ("set-first-password", "sign-out", "reset-second-step", "disable", "enable")}


def test_whatever_an_officer_types_into_the_address_leads_to_no_user(world, admin):
    address = opens(admin, "officer@rree")
    officer = world.person()
    officer.signs_in("officer@pddh")
    for path in (USERS, f"{USERS}/nuevo", address, f"{USERS}/{'0' * 24}"):
        assert officer.visits(path).status_code in {403, 404}
    officer.visits("/")
    token = officer._form("/salir")["csrf_token"]
    for path in (f"{USERS}/nuevo", address, f"{address}/deshabilitar", f"{address}/contrasena"):
        assert officer.client.post(path, data={"csrf_token": token}).status_code in {403, 404}
    assert world.at("officer@rree").get("/referrals").status_code == 200


def test_ones_own_password_is_changed_with_the_present_one_and_ends_ones_other_sessions(world):
    here, there = world.person(), world.person()
    for person in (here, there):
        person.signs_in("officer@pddh")
    here.visits("/cuenta/contrasena")
    here.sends("/cuenta/contrasena", password="no es esta", new_password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert "Esa no es su contraseña actual" in here.text
    here.sends("/cuenta/contrasena", password=PASSWORD, new_password=NEW_PASSWORD, again="otra cosa distinta")
    assert "Las dos veces no son iguales" in here.text
    here.sends("/cuenta/contrasena", password=PASSWORD, new_password=PASSWORD, again=PASSWORD)
    assert here.page.status_code == 422
    here.sends("/cuenta/contrasena", password=PASSWORD, new_password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert here.at == "/cuenta"
    assert "Su contraseña es otra desde ahora" in here.text
    assert not there.is_in
    assert told(world, "officer@pddh")[-1].password_hash.startswith("$argon2id$")


def test_devices_are_listed_and_ended_one_by_one_or_all(world):
    here, there, third = (world.person() for _ in range(3))
    for person in (here, there, third):
        person.signs_in("officer@pddh")
    here.visits("/cuenta")
    assert here.text.count("Firefox · Linux") >= 3
    here.sends("/cuenta/sesiones/cerrar")
    assert [there.is_in, third.is_in].count(True) == 1
    here.visits("/cuenta")
    here.sends("/cuenta/sesiones/cerrar-todas")
    assert not there.is_in
    assert not third.is_in
    assert here.is_in
    assert told(world, "officer@pddh")[-1].sign_outs == 1


def test_an_api_key_is_shown_once_listed_by_name_and_revoked(world):
    person = world.person()
    person.signs_in("officer@pddh")
    person.visits("/cuenta/claves")
    person.sends("/cuenta/claves", name="informe mensual", scope="read", days="30")
    token = re.search(r"vtn_[A-Za-z0-9_-]{43}", person.text)[0]
    reader = world.at(token)
    assert reader.get("/referrals").status_code == 200
    refused = reader.post("/referrals", {"case_id": "x", "institution": "pddh", "needs": ["shelter"]})
    assert (refused.status_code, refused.json["code"]) == (403, "read_only_token")
    assert token not in person.visits("/cuenta/claves").text
    assert "informe mensual" in person.text
    assert "leer y buscar" in person.text
    rows = re.findall(r'name="id" value="([0-9a-f]{64})"', person.text)
    person.sends("/cuenta/claves/revocar", id=rows[-1])
    assert reader.get("/referrals").status_code == 401


@pytest.mark.parametrize("fields", [{}, {"name": "x", "scope": "everything", "days": "30"}, {"name": "x", "scope": "read", "days": "9999"}, {"name": "x" * 80}])
def test_a_key_that_may_not_be_had_is_refused_by_field(world, fields):
    person = world.person()
    person.signs_in("officer@pddh")
    person.visits("/cuenta/claves")
    person.sends("/cuenta/claves", **fields)
    assert person.page.status_code == 422
    assert person.errors
    assert "vtn_" not in person.text


def test_a_window_tells_what_its_staff_changed_and_it_holds_at_the_hub(world):
    change = AccountChanged("staff@la-union", "$argon2id$new", "en", sign_out=True, tokens=(TokenAccess("e" * 64, world.clock.at),))
    world.hub.inbox.take([world.message(change, subject="staff@la-union", version=1000)])
    for to in (LA_UNION, NOTIFICATIONS):
        user = told(world, "staff@la-union", to)[-1]
        assert (user.password_hash, user.language, user.sign_outs) == ("$argon2id$new", "en", 1)
        assert "e" * 64 in {token.hash for token in user.tokens}


def test_a_key_made_at_a_window_is_news_to_everybody_else(world):
    before = told(world, "staff@la-union")[-1].version
    change = AccountChanged("staff@la-union", tokens=(TokenAccess("e" * 64, world.clock.at),))
    world.hub.inbox.take([world.message(change, subject="staff@la-union", version=1000)])
    assert told(world, "staff@la-union")[-1].version > before


def test_an_own_change_that_comes_twice_late_or_out_of_order_changes_nothing(world):
    later = AccountChanged("staff@la-union", "$argon2id$later")
    earlier = AccountChanged("staff@la-union", "$argon2id$earlier")
    world.hub.inbox.take([world.message(later, subject="staff@la-union", version=2000)])
    for change, version in ((earlier, 1000), (later, 2000), (earlier, 2000)):
        world.hub.inbox.take([world.message(change, subject="staff@la-union", version=version)])
    assert told(world, "staff@la-union")[-1].password_hash == "$argon2id$later"


@pytest.mark.parametrize("username", ["staff@la-hachadura", "admin@sv", "officer@pddh"])
def test_a_window_changes_nobody_but_its_own_staff(world, username):
    taken = world.hub.inbox.take([world.message(AccountChanged(username, "$argon2id$forged"), subject=username, version=9000)])
    assert (taken.applied, taken.dead) == (0, 1)
    users = {user.username: user for user in commands.list_users(world.hub)}
    assert users[username].password_hash != "$argon2id$forged"


def test_a_user_whom_only_a_window_knows_is_no_concern_of_the_hub(world):
    taken = world.hub.inbox.take([world.message(AccountChanged("own@la-union", "$argon2id$x"), subject="own@la-union", version=1)])
    assert (taken.applied, taken.dead) == (1, 0)


def test_a_command_about_nobody_says_so(world):
    with pytest.raises(Refused):
        commands.enable_user(world.hub, "nobody@nowhere")
