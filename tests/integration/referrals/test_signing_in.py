"""Signing in at the hub as a person does, and as an attacker would."""

import re

import pytest
from argon2 import PasswordHasher

from services.referrals import commands
from tests.drivers.person import PASSWORD, Person
from tests.integration.referrals.world import World

NEW = "cuatro gatos bajo la lluvia"
FAILED = "No pudimos abrir la sesión con esos datos. Revíselos; tras varios intentos hay que esperar unos minutos."


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, second_factor="optional")
    yield made
    made.close()


@pytest.fixture
def person(world) -> Person:
    return world.person()


def test_a_stranger_is_told_what_this_is_and_how_to_enter(person):
    assert person.visits("/").status_code == 200
    assert "Central de referencias" in person.text
    assert 'href="/entrar"' in person.text


def test_whoever_signs_in_is_told_who_they_are(person):
    person.signs_in("officer@pddh")
    assert person.at == "/"
    assert "Usted entró como officer@pddh" in person.text
    assert "Oficial de institución · pddh" in person.text
    assert "Usuarios" not in person.text


def test_the_name_may_be_typed_in_capitals(person):
    person.signs_in("Officer@PDDH")
    assert person.is_in


@pytest.mark.parametrize("username", ["officer@pddh", "nobody@nowhere", "staff@la-union"])
def test_wrong_name_wrong_password_and_wrong_place_are_answered_alike(person, username):
    person.signs_in(username, "no es esta" if username == "officer@pddh" else PASSWORD)
    assert person.page.status_code == 422
    assert FAILED in person.text
    assert f'value="{username}"' in person.text
    assert PASSWORD not in person.text
    assert person.cookie() is None


def test_empty_fields_are_named_and_linked(person):
    person.visits("/entrar")
    person.sends("/entrar")
    assert person.errors == ["Error: Escriba este dato."] * 2
    assert 'href="#f-username"' in person.text
    assert 'href="#f-password"' in person.text


@pytest.mark.parametrize("page", ["/cuenta", "/cuenta/claves", "/administracion/usuarios"])
def test_a_page_that_needs_a_user_leads_to_the_sign_in_and_back(world, page):
    person = world.person()
    person.visits(page)
    assert person.at == f"/entrar?next={page}"
    person.sends("/entrar", username="admin@sv", password=PASSWORD)
    assert person.at == page
    assert person.page.status_code == 200


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX:1"])
def test_the_sign_in_leads_to_no_other_site(person, then):
    answer = person.client.get("/entrar", query_string={"next": then})
    assert "evil.example" not in answer.text
    person.page = answer
    person.sends("/entrar", username="officer@pddh", password=PASSWORD)
    assert "evil" not in person.at
    person.sends("/salir")
    person.visits("/entrar")
    person.sends("/entrar", username="officer@pddh", password=PASSWORD, next=then)
    assert "evil" not in person.at


def test_signing_out_ends_the_session_also_for_who_kept_its_cookie(person):
    person.signs_in("officer@pddh")
    stolen = person.cookie()
    person.sends("/salir")
    assert "Usted salió" in person.text
    assert person.cookie() in {None, ""}
    person.signs_in("officer@pddh")
    person.puts_cookie(stolen)
    assert not person.is_in


def test_an_image_on_another_site_signs_nobody_out(person):
    person.signs_in("officer@pddh")
    assert person.visits("/salir").status_code == 200
    assert person.is_in


def test_the_session_is_another_after_the_sign_in_than_before(world):
    attacker, victim = world.person(), world.person()
    attacker.signs_in("officer@rree")
    planted = attacker.cookie()
    victim.visits("/entrar")
    victim.client.set_cookie(_session_name(attacker), planted)
    victim.visits("/entrar")
    # the page believes that they are in already: as the attacker, whom they see named
    assert victim.at == "/"
    victim.sends("/salir")
    victim.signs_in("officer@pddh")
    assert victim.cookie() not in {None, planted}
    assert not attacker.is_in


def _session_name(person: Person) -> str:
    return next(name for name, _ in person._jar() if re.fullmatch(r"ventanilla-sv-hub-\d+", name))


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "A" * 3000, "é", "../../etc", "' OR '1'='1", "null"])
def test_a_forged_cookie_is_nobodys(person, cookie):
    person.visits("/entrar")
    person.client.set_cookie("ventanilla-sv-hub-8000", cookie)
    assert not person.is_in


def test_cookies_are_for_this_site_alone_and_for_no_script(person):
    person.visits("/entrar")
    answer = person.client.post("/entrar", data={**person._form("/entrar"), "username": "officer@pddh", "password": PASSWORD})
    for cookie in answer.headers.getlist("Set-Cookie"):
        for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie
        assert "Secure" not in cookie  # http on this machine
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_by_https_cookies_are_bound_to_the_host(tmp_path):
    world = World(tmp_path, second_factor="optional", public_url="https://ventanilla.example")
    person = Person(world.hub.site, base_url="https://ventanilla.example")
    person.visits("/entrar")
    cookies = person.page.headers.getlist("Set-Cookie")
    answer = person.client.post(
        "/entrar", data={**person._form("/entrar"), "username": "officer@pddh", "password": PASSWORD}, base_url=person.base_url
    )
    cookies += answer.headers.getlist("Set-Cookie")
    assert answer.status_code == 303
    assert all("Secure" in cookie and "Domain" not in cookie for cookie in cookies)
    assert {cookie.split("=")[0] for cookie in cookies} == {
        "__Host-ventanilla-sv-hub-8000", "__Host-ventanilla-sv-hub-8000-f", "__Host-ventanilla-sv-hub-8000-b", "idioma"
    }
    world.close()


def test_a_session_opens_no_api_and_a_token_no_page(world, person):
    person.signs_in("officer@pddh")
    assert person.client.get("/api/v1/referrals").status_code == 401
    bearer = {"Authorization": f"Bearer {world.tokens['officer@pddh']}"}
    assert world.person().visits("/cuenta", **bearer).status_code == 200
    other = world.person()
    other.visits("/cuenta", **bearer)
    assert other.at == "/entrar?next=/cuenta"
    other.client.set_cookie("ventanilla-sv-hub-8000", world.tokens["officer@pddh"])
    assert not other.is_in


@pytest.mark.parametrize("token", [None, "", "x", "IjkyMTU2YTA3ODJmNTllMTNhMjhmYzA5OTIwZTAxMzBkYzllOWMzNzki.awjN1A.LiwSvlxqnX7ZGe5J5ifHlpbe4-k"])
def test_a_form_without_its_own_token_does_nothing(person, token):
    person.signs_in("admin@sv")
    data = {"language": "en"} | ({"csrf_token": token} if token is not None else {})
    for path in ("/idioma", "/salir", "/cuenta/sesiones/cerrar-todas", "/administracion/usuarios/nuevo"):
        assert person.client.post(path, data=data, headers={"Accept": "text/html"}).status_code == 403
    assert person.is_in


def test_a_token_of_another_persons_form_does_nothing(world, person):
    person.signs_in("officer@pddh")
    attacker = world.person()
    attacker.signs_in("officer@rree")
    attacker.visits("/cuenta")
    theirs, cookie = attacker._form("/salir")["csrf_token"], attacker.cookie("-f")
    assert person.client.post("/salir", data={"csrf_token": theirs}).status_code == 403
    person.puts_cookie(cookie, "-f")
    assert person.client.post("/salir", data={"csrf_token": theirs}).status_code == 403
    assert person.is_in


def test_a_form_outlives_a_restart_and_a_night(world):
    person = world.person()
    person.signs_in("officer@pddh")
    person.visits("/cuenta/claves")
    world.hub.close()
    world.hub = world.start()
    person.client.application = world.hub.site
    world.clock.forward(minutes=10)
    person.sends("/cuenta/claves", name="informe")
    assert "Esta es la clave nueva" in person.text


def test_what_was_typed_when_the_session_ran_out_is_in_the_form_again_after_the_sign_in(world, person):
    person.signs_in("officer@pddh")
    person.visits("/cuenta/claves")
    world.clock.forward(minutes=20)
    person.sends("/cuenta/claves", name="informe de noviembre", days="30")
    assert person.page.status_code == 401
    assert "Su sesión terminó" in person.text
    assert "noviembre" not in person.text
    person.sends("/entrar", username="officer@pddh", password="no es esta")
    person.sends("/entrar", username="officer@pddh", password=PASSWORD)
    assert person.at == "/cuenta/claves"
    assert "Lo que había escrito sigue aquí" in person.text
    assert 'value="informe de noviembre"' in person.text
    assert re.search(r'value="30" checked', person.text)
    assert "Esta es la clave nueva" not in person.text
    assert 'value="informe de noviembre"' not in person.visits("/cuenta/claves").text


def test_what_somebody_typed_is_never_shown_to_the_next_who_signs_in(world, person):
    person.signs_in("officer@pddh")
    person.visits("/cuenta/claves")
    world.clock.forward(minutes=20)
    person.sends("/cuenta/claves", name="informe de noviembre")
    person.sends("/entrar", username="officer@rree", password=PASSWORD)
    assert "noviembre" not in person.text
    assert "noviembre" not in person.visits("/cuenta/claves").text


def test_a_form_sent_from_elsewhere_is_not_carried_through_the_sign_in(world, person):
    person.signs_in("officer@pddh")
    world.clock.forward(minutes=20)
    answer = person.client.post("/cuenta/claves", data={"name": "planted"}, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "carried" not in answer.text


@pytest.mark.parametrize("carried", ["x", "AAAA", "é" * 50, "A" * 4000])
def test_what_was_not_sealed_here_is_not_carried(person, carried):
    person.visits("/entrar")
    person.sends("/entrar", username="officer@pddh", password=PASSWORD, carried=carried)
    assert person.at == "/"


def test_a_password_is_never_carried(world, person):
    person.signs_in("officer@pddh")
    person.visits("/cuenta/contrasena")
    world.clock.forward(minutes=20)
    person.sends("/cuenta/contrasena", password=PASSWORD, new_password=NEW, again=NEW)
    assert person.page.status_code == 401
    person.sends("/entrar", username="officer@pddh", password=PASSWORD)
    assert person.at == "/cuenta/contrasena"
    assert NEW not in person.text
    other = world.person()
    other.signs_in("officer@pddh", NEW)
    assert not other.is_in


def test_a_password_in_an_address_is_not_looked_at(person):
    person.visits(f"/entrar?username=officer@pddh&password={PASSWORD}")
    assert PASSWORD not in person.text
    assert person.cookie() is None


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Transfer-Encoding": "chunked"}, b"username=a", 411), ({"Content-Type": "application/json"}, b"{}", 415),
        ({"Content-Type": "text/plain"}, b"username=a", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=" + b"x" * 300_000, 413),
    ],
)
def test_what_is_no_form_of_ours_is_refused_by_a_page(person, headers, body, status):
    environ = {"REMOTE_ADDR": "127.0.0.1"}
    if "Transfer-Encoding" in headers:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    answer = person.client.post("/entrar", data=body, headers={"Accept": "text/html", **headers}, environ_base=environ)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_form_of_ten_thousand_fields_is_refused_quickly(person):
    person.visits("/entrar")
    data = b"&".join(b"f%d=x" % number for number in range(10_000))
    assert person.client.post("/entrar", data=data, content_type="application/x-www-form-urlencoded").status_code in {403, 413}


@pytest.mark.parametrize("value", ["x\x00y", "x\r\nSet-Cookie: a=1", "\ud800", "<script>alert(1)</script>", "{{7*7}}", "x" * 5000])
def test_whatever_is_typed_comes_back_as_text_or_not_at_all(person, value):
    person.visits("/entrar")
    person.sends("/entrar", username=value.encode("utf-8", "replace").decode(), password=value.encode("utf-8", "replace").decode())
    assert person.page.status_code == 422
    assert "<script>" not in person.text
    assert ">49<" not in person.text
    assert "a=1" not in str(person.page.headers)


def test_a_guesser_is_stopped_by_address_and_told_when_to_come_again(world):
    guesser = world.person("203.0.113.7")
    for number in range(40):
        guesser.visits("/entrar")
        guesser.sends("/entrar", username=f"user{number}@pddh", password="x")
        if guesser.page.status_code == 429:
            break
    assert guesser.page.status_code == 429
    assert int(guesser.page.headers["Retry-After"]) <= 60
    assert "Demasiados intentos" in guesser.text
    person = world.person("203.0.113.8")
    person.signs_in("officer@pddh")
    assert person.is_in


def test_the_owner_of_an_account_is_told_of_failed_attempts(world, person):
    guesser = world.person("203.0.113.7")
    guesser.signs_in("officer@pddh", "no es esta")
    guesser.signs_in("officer@pddh", "ni esta tampoco")
    person.signs_in("officer@pddh")
    assert "Intentos fallidos con su usuario desde su última entrada: 2" in person.text
    assert "Intentos fallidos" not in person.visits("/").text


def test_a_hash_of_weaker_settings_is_made_anew_at_the_sign_in(world, person):
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    commands.set_password(world.hub, "officer@pddh", weak)
    person.signs_in("officer@pddh")
    assert person.is_in
    kept = {user.username: user.password_hash for user in commands.list_users(world.hub)}["officer@pddh"]
    assert "m=19456,t=2" in kept
    again = world.person()
    again.signs_in("officer@pddh")
    assert again.is_in


def test_the_language_of_the_user_comes_with_them_and_is_kept(world, person):
    person.signs_in("officer@pddh")
    person.sends("/idioma", language="en")
    assert "You are signed in as officer@pddh" in person.text
    person.sends("/salir")
    assert "You signed out" in person.text
    other = world.person()
    other.signs_in("officer@pddh")
    assert "You are signed in as" in other.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nada", 404), ("DELETE", "/cuenta", 405), ("GET", "/administracion/usuarios/nadie", 404)]
)
def test_a_person_gets_a_page_and_a_program_a_problem(person, method, path, status):
    person.signs_in("admin@sv")
    page = person.client.open(path, method=method, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "Volver al inicio" in page.text
    assert "admin@sv" in page.text
    problem = person.client.open(path, method=method, headers={"Accept": "*/*"})
    assert (problem.status_code, problem.headers["Content-Type"]) == (status, "application/problem+json")
    assert page.headers.get("Allow") == problem.headers.get("Allow")


def test_an_officer_is_refused_the_users_by_a_page(person):
    person.signs_in("officer@pddh")
    assert person.visits("/administracion/usuarios").status_code == 403
    assert "Su función no permite hacer esto." in person.text

