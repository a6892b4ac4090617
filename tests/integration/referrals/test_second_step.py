"""The second step of those who see personal data: enrolled at the first sign-in, asked for at each, good once."""

import re

import pyotp
import pytest
from sqlalchemy import select

from shared.security.attempts import ACCOUNT_FAILURES
from tests.drivers.person import PASSWORD, Person
from tests.integration.referrals.world import World

STEP, ENTER = "/cuenta/segundo-paso", "/entrar/segundo-paso"
OFFICER = "officer@pddh"


class Telephone:
    """An application for codes; it shows another one every half minute of the world's clock."""

    def __init__(self, world: World, secret: str) -> None:
        self.world, self.totp = world, pyotp.TOTP(secret)

    def code(self, later: float = 30) -> str:
        """The code it shows after some seconds: a fresh one each time it is looked at."""
        self.world.clock.forward(seconds=later)
        return self.totp.at(self.world.clock.at)


def secret_on(person: Person) -> str:
    return re.sub(r"\s", "", re.search(r'class="secret">([A-Z2-7 ]+)<', person.text)[1])


def enrols(world: World, username: str = OFFICER) -> tuple[Person, Telephone, list[str]]:
    person = world.person()
    person.signs_in(username)
    telephone = Telephone(world, secret_on(person))
    person.sends(STEP, code=telephone.code())
    return person, telephone, re.findall(r"<li><code>([a-z0-9-]+)</code></li>", person.text)


@pytest.mark.parametrize("username", [OFFICER, "deputy@pddh", "manager@pddh", "coordinator@sv", "admin@sv"])
def test_whoever_may_see_or_give_access_to_persons_comes_to_the_enrolment_and_nowhere_else(world, username):
    person = world.person()
    person.signs_in(username)
    assert person.at.startswith(STEP)
    assert "Su función ve datos de personas" in person.text
    for path in ("/", "/cuenta", "/cuenta/claves", "/cuenta/contrasena", "/administracion/usuarios"):
        person.visits(path)
        assert person.at == STEP
    person.sends("/salir")
    assert "Usted salió" in person.text


@pytest.mark.parametrize("username", ["auditor@sv", "regional_coordinator@sv"])
def test_whoever_sees_no_person_may_do_without(world, username):
    person = world.person()
    person.signs_in(username)
    assert person.at == "/"


def test_enrolment_shows_the_key_as_picture_and_text_and_the_recovery_codes_once(world):
    person = world.person()
    person.signs_in(OFFICER)
    assert "<svg" in person.text
    secret = secret_on(person)
    assert secret_on(person.visits(STEP) and person) == secret
    person.sends(STEP, code=Telephone(world, secret).code())
    assert len(set(re.findall(r"<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>", person.text))) == 10
    assert "Guárdelos en papel" in person.text
    assert person.visits("/").status_code == 200
    assert "Códigos de recuperación sin usar" in person.visits(STEP).text
    assert secret not in person.text


def test_the_secret_lies_sealed_and_recovery_codes_hashed(world):
    _, telephone, codes = enrols(world)
    with world.hub.database.read() as connection:
        tables = world.hub.tables.second_step
        kept = str([tuple(row) for table in (tables.factors, tables.codes) for row in connection.execute(select(table))])
    assert telephone.totp.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_afterwards_the_password_alone_opens_nothing(world):
    enrols(world)
    person = world.person()
    person.signs_in(OFFICER, then="/cuenta/claves")
    assert person.at == f"{ENTER}?next=/cuenta/claves"
    for path in ("/", "/cuenta", "/cuenta/segundo-paso", "/cuenta/claves"):
        person.visits(path)
        assert person.at == ENTER
    assert person.client.get("/api/v1/referrals").status_code == 401


def test_password_and_code_lead_on_to_where_one_wanted_to_go(world):
    _, telephone, _ = enrols(world)
    person = world.person()
    person.signs_in(OFFICER, then="/cuenta/claves")
    half = person.cookie()
    person.sends(ENTER, code=telephone.code())
    assert person.at == "/cuenta/claves"
    assert person.cookie() != half
    other = world.person()
    other.visits("/entrar")
    other.client.set_cookie("ventanilla-sv-hub-8000", half)
    assert not other.is_in


def test_a_code_is_good_once(world):
    _, telephone, _ = enrols(world)
    first, second = world.person(), world.person()
    for person in (first, second):
        person.signs_in(OFFICER)
    code = telephone.code()
    first.sends(ENTER, code=code)
    second.sends(ENTER, code=code)
    assert first.at == "/"
    assert "Ese código no vale, o ya se usó" in second.text
    second.sends(ENTER, code=telephone.code())
    assert second.at == "/"


@pytest.mark.parametrize(("late", "good"), [(-30, True), (0, True), (30, True), (-90, False), (90, False)])
def test_clocks_may_differ_by_one_step_and_no_more(world, late, good):
    _, telephone, _ = enrols(world)
    world.clock.forward(minutes=5)
    person = world.person()
    person.signs_in(OFFICER)
    person.sends(ENTER, code=telephone.totp.at(int(world.clock.at.timestamp()) + late))
    assert (person.at == "/") == good


def test_a_recovery_code_is_good_once_however_it_is_typed(world):
    _, _, codes = enrols(world)
    person = world.person()
    person.signs_in(OFFICER)
    person.sends(ENTER, code=codes[0].upper().replace("-", " "))
    assert person.at == "/"
    assert "9" in re.search(r"sin usar: (\d+)", person.visits("/cuenta").text)[1]
    other = world.person()
    other.signs_in(OFFICER)
    other.sends(ENTER, code=codes[0])
    assert other.page.status_code == 422


def test_codes_are_not_to_be_guessed_also_by_who_has_the_password(world):
    _, telephone, _ = enrols(world)
    tried = 0
    for _ in range(ACCOUNT_FAILURES + 10):
        thief = world.person("203.0.113.9")
        thief.signs_in(OFFICER)
        if thief.at == ENTER:
            thief.sends(ENTER, code="000000")
            tried += 1
    assert tried == ACCOUNT_FAILURES
    assert thief.page.status_code == 422
    owner = world.person()
    world.clock.forward(hours=1)
    owner.signs_in(OFFICER)
    owner.sends(ENTER, code=telephone.code())
    assert "Intentos fallidos con su usuario" in owner.text


def test_new_recovery_codes_and_taking_it_away_need_a_code(world):
    person, telephone, codes = enrols(world)
    person.visits(STEP)
    person.sends(f"{STEP}/codigos", form=f"{STEP}/codigos", code="000000")
    assert person.page.status_code == 422
    person.sends(f"{STEP}/codigos", code=telephone.code())
    fresh = re.findall(r"<li><code>([a-z0-9-]+)</code></li>", person.text)
    assert not set(fresh) & set(codes)
    person.visits(STEP)
    person.sends(f"{STEP}/quitar", form=f"{STEP}/codigos", code="000000")
    assert person.page.status_code == 422
    person.sends(f"{STEP}/quitar", form=f"{STEP}/codigos", code=fresh[0])
    assert person.at == STEP
    assert "Su función ve datos de personas" in person.text


def test_an_administrator_helps_whoever_lost_their_telephone_and_that_is_noted(world):
    officer, _, _ = enrols(world)
    admin, *_ = enrols(world, "admin@sv")
    admin.visits("/administracion/usuarios")
    address = re.search(r'href="(/administracion/usuarios/[0-9a-f]+)">officer@pddh<', admin.text)[1]
    admin.visits(address)
    admin.sends(f"{address}/segundo-paso")
    assert "Su segundo paso se quitó" in admin.text
    assert not officer.is_in
    again = world.person()
    again.signs_in(OFFICER)
    assert again.at.startswith(STEP)
    lines = world.at("auditor@sv").get("/audit", page_size=200).json["items"]
    assert ("admin@sv", "user.reset-second-step", "officer@pddh") in {(line["who"], line["act"], line["object_id"]) for line in lines}


def test_an_eight_letter_password_is_enough_only_beside_a_second_step(world):
    officer, _, _ = enrols(world)
    officer.visits("/cuenta/contrasena")
    officer.sends("/cuenta/contrasena", password=PASSWORD, new_password="gatos 77", again="gatos 77")
    assert officer.at == "/cuenta"
    auditor = world.person()
    auditor.signs_in("auditor@sv")
    auditor.visits("/cuenta/contrasena")
    auditor.sends("/cuenta/contrasena", password=PASSWORD, new_password="gatos 77", again="gatos 77")
    assert "Use 15 caracteres o más" in auditor.text


def test_a_user_who_must_change_their_password_does_so_before_the_second_step(world):
    admin, *_ = enrols(world, "admin@sv")
    admin.visits("/administracion/usuarios")
    address = re.search(r'href="(/administracion/usuarios/[0-9a-f]+)">officer@rree<', admin.text)[1]
    admin.visits(address)
    admin.sends(f"{address}/contrasena")
    first = re.search(r'class="secret">([^<]+)<', admin.text)[1]
    person = world.person()
    person.signs_in("officer@rree", first)
    assert person.at.startswith("/cuenta/contrasena")
    person.visits("/")
    assert person.at == "/cuenta/contrasena"
    person.sends("/cuenta/contrasena", password=first, new_password="cuatro gatos bajo la lluvia", again="cuatro gatos bajo la lluvia")
    assert person.at == STEP
