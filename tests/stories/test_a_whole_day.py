"""A whole day at both windows, by browser; from ten to three there is no way to the hub (issue 14)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fingers import Fingers, routine_case
from tests.browser.register_states import field as field_of
from tests.browser.register_states import fills_in, goes_on, takes
from tests.drivers.counter import Counter
from tests.drivers.deployed import INSTITUTIONS, WINDOWS, Deployed
from tests.drivers.probe import eventually
from tests.faults.proxy import Mode, Proxy

pytestmark = pytest.mark.story
OFFLINE = "No hay conexión con la central. Siga trabajando: todo está guardado aquí y saldrá solo."
WAITS = "Está guardado aquí y saldrá solo cuando haya conexión con la central."
BACK = "Hay conexión con la central. Todo lo de esta ventanilla está en la central."
MAYOR = "alcaldia-la-union"


@dataclass
class Day:
    """The network, the cable between its windows and its broker, and the paths of the cases of each window."""

    network: Deployed
    cable: Proxy
    browser: Browser
    cases: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WINDOWS})

    def counter(self, window: str) -> Counter:
        return Counter(self.browser, self.network.url(window), f"staff@{window}")

    def starts(self, window: str) -> None:
        self.network.run(window, AMQP_URI=self.network.amqp_uri(window, port=self.cable.port))


@pytest.fixture
def day(deployed: Deployed, browser: Browser) -> Iterator[Day]:
    cable = Proxy(deployed.broker_port)
    today = Day(deployed, cable, browser)
    for window in WINDOWS:
        deployed.end(window)
        for role in ("staff", "supervisor"):
            deployed.set_password(window, f"{role}@{window}")
        today.starts(window)
    yield today
    for context in list(browser.contexts):
        context.close()
    cable.close()


@pytest.mark.timeout(600)
def test_a_whole_day_at_both_windows_with_no_way_to_the_hub_from_ten_to_three(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    here, there = (day.counter(window) for window in WINDOWS)

    # In the morning a routine case is answered at once
    with capsys.disabled():
        first = registers_by_keyboard(day, here)
    an_officer_accepts(day, here, first)

    # From ten on there is no way to the hub; both windows say so
    day.cable.become(Mode.CUT)
    for counter in (here, there):
        counter.comes_to_read("/hoy", OFFLINE)

    # A mother and her child come to La Unión: the browser is closed over the child's form, a colleague goes on
    registers_a_family(day, here)
    assert "2 casos esperan la red desde" in here.reads("/hoy")

    # Somebody only asks at La Hachadura, and somebody is registered; the power goes while their name is typed
    answers_a_question(there)
    registers_over_a_power_cut(day, there)
    assert "Un caso espera la red desde" in there.reads("/hoy")
    waiting = {here: day.cases["la-union"][1:], there: day.cases["la-hachadura"]}
    for counter, paths in waiting.items():
        for path in paths:
            assert WAITS in counter.reads(path)
    case_ids = {path.removeprefix("/casos/") for paths in day.cases.values() for path in paths}
    known = [one["case_id"] for one in day.network.hub().referrals()]
    assert set(known) == {first.removeprefix("/casos/")}

    # At three the network is back: everything arrives, and both windows say so
    day.cable.become(Mode.OPEN)
    for counter, paths in waiting.items():
        counter.comes_to_read("/hoy", BACK)
        for path in paths:
            text = counter.comes_to_read(path, "Recibido por la central")
            assert WAITS not in text
    nothing_waits_anywhere(day)
    every_case_is_on_its_desks_once(day, case_ids)

    # The slip is printed, and the case followed to its outcome
    path = day.cases["la-hachadura"][0]
    a_slip_is_printed(there, path)
    follows_to_the_outcome(day, there, path)


def registers_by_keyboard(day: Day, counter: Counter) -> str:
    """The routine case; what it took is printed."""
    page, asked, keys = counter.page, [], Fingers(counter.page)
    page.on("request", lambda request: asked.append(request.url))
    counter.goes_to("/personas/nueva")
    routine_case(keys)
    keys.presses("Enter")
    page.wait_for_url("**/revisar")
    expect(page.locator(".send form button")).to_be_focused()
    keys.presses("Enter")
    page.wait_for_url("**/registrado")
    print(f"\na routine case on the running network: {keys.pressed} key presses, {len(asked)} requests")
    path = page.url.removeprefix(counter.url).removesuffix("/registrado")
    day.cases["la-union"].append(path)
    counter.comes_to_read(path, "Recibido por la central")
    return path


def an_officer_accepts(day: Day, counter: Counter, path: str) -> None:
    desk = day.network.desk(MAYOR)
    referral = desk.gets(path.removeprefix("/casos/"))
    desk.receives(referral["id"])
    desk.accepts(referral["id"])
    counter.comes_to_read(path, "La institución la aceptó.")


def registers_a_family(day: Day, counter: Counter) -> None:
    """Two people who share their place and journey; the second is completed by another pair of hands."""
    page = counter.page
    counter.goes_to("/familias/nueva")
    takes(page, "situation", "returnee")
    field_of(page, "person.origin").fill("Conchagua")
    for number, (name, birth) in enumerate((("Marta", "34"), ("Lucía", "9")), 1):
        field_of(page, f"{number}.person.given_name").fill(name)
        field_of(page, f"{number}.person.family_name").fill("Coreas")
        field_of(page, f"{number}.person.birth").fill(birth)
        page.select_option(f'[name="{number}.person.sex"]', "female")
    goes_on(page)
    page.click("tbody .button >> nth=0")
    page.wait_for_load_state()
    counter.asks_for("documentation")
    counter.looks_through()
    day.cases["la-union"].append(counter.sends())
    page.click("text=Seguir con la lista")
    page.click("tbody .button:has-text('Completar')")
    page.wait_for_load_state()
    takes(page, "needs", "education")
    counter.types("person.given_name", " Elena")
    counter.is_told("Guardado")
    counter.closes()

    counter.is_taken_over_by("supervisor@la-union")
    page = counter.page
    counter.goes_to("/borradores")
    page.click("text=Lucía Elena Coreas")
    page.wait_for_load_state()
    assert field_of(page, "person.origin").input_value() == "Conchagua"
    assert page.is_checked('form.case [name="needs"][value="education"]')
    counter.asks_for("education")
    page.select_option('[name="consent.given_by"]', "guardian")
    field_of(page, "consent.guardian.name").fill("Marta Coreas")
    field_of(page, "consent.guardian.relationship").fill("madre")
    counter.looks_through()
    day.cases["la-union"].append(counter.sends())
    assert "No hay borradores" in counter.reads("/borradores")


def answers_a_question(counter: Counter) -> None:
    counter.goes_to("/pregunta")
    counter.page.click(".asks button >> nth=0")
    counter.page.wait_for_url("**contada=si*")
    assert "Contado: solo preguntó." in counter.page.inner_text("main")


def registers_over_a_power_cut(day: Day, counter: Counter) -> None:
    """The service is gone in the middle of a name; what is typed meanwhile is kept by the page, and by the next start."""
    page = counter.page
    counter.goes_to("/personas/nueva")
    fills_in(page, given_name="Rosa El", family_name="Portillo Umaña")
    counter.is_told("Guardado")
    day.network.power_goes_at("la-hachadura")
    counter.types("person.given_name", "vira")
    counter.is_told("Lo escrito sigue aquí")
    day.starts("la-hachadura")
    counter.is_told("Guardado")
    page.reload()
    assert field_of(page, "person.given_name").input_value() == "Rosa Elvira"
    looked_at = counter.looks_through()
    assert all(words in looked_at for words in ("Rosa Elvira", "Portillo Umaña"))
    day.cases["la-hachadura"].append(counter.sends())


def nothing_waits_anywhere(day: Day) -> None:
    """Also what is no case: the question was counted."""
    for window in WINDOWS:
        eventually(
            lambda window=window: {name: count for name, count in day.network.window(window).sync().items() if name in {"outbox", "unreceipted"}},
            until=lambda left: left == {"outbox": 0, "unreceipted": 0},
            what=f"{window} has everything confirmed by the hub",
            seconds=60,
        )


def every_case_is_on_its_desks_once(day: Day, case_ids: set[str]) -> None:
    """The hub, the desks and the windows tell the same referrals, none of them twice."""
    at_hub = sorted((one["case_id"], one["institution"]) for one in day.network.hub().referrals())
    assert {case_id for case_id, _ in at_hub} == case_ids
    assert len(set(at_hub)) == len(at_hub)
    desks = [day.network.desk(institution) for institution in INSTITUTIONS]
    assert sorted((one["case_id"], desk.institution) for desk in desks for one in desk.list()) == at_hub
    eventually(lambda: sorted(known_at_windows(day)), until=lambda known: known == at_hub, what=f"the windows know of {at_hub}")


def known_at_windows(day: Day) -> Iterator[tuple[str, str]]:
    for name in WINDOWS:
        window = day.network.window(name)
        for case in window.caller.everything("/cases"):
            for referral in window.sees(case["id"])["referrals"]:
                yield case["id"], referral["institution"]


def a_slip_is_printed(counter: Counter, path: str) -> None:
    page = counter.page
    counter.goes_to(path)
    code = page.inner_text("h1 .code")
    counter.goes_to(f"{path}/boleta")
    page.click("text=Preparar e imprimir")
    page.wait_for_url("**lista=si*")
    eventually(lambda: page.evaluate("window.printed"), until=lambda times: times == 1, what="the slip is printed")
    slip = page.inner_text(".slip")
    assert code in slip
    assert "Clave de consulta" in slip
    assert not any(word in slip for word in ("Rosa", "Portillo"))
    assert "Se preparó la hoja de referencia" in counter.reads(path)


def follows_to_the_outcome(day: Day, counter: Counter, path: str) -> None:
    an_officer_accepts(day, counter, path)
    desk = day.network.desk(MAYOR)
    referral = desk.gets(path.removeprefix("/casos/"))
    assert (referral["status"], desk.opens(referral["id"])["person"]["given_name"]) == ("accepted", "Rosa Elvira")
    desk.starts(referral["id"])
    counter.comes_to_read(path, "La institución está atendiendo.")
    desk.completes(referral["id"], outcome="assisted", service_delivered=True, need_met="yes")
    counter.comes_to_read(path, "La institución terminó. Resultado:")
    counter.goes_to(f"{path}/cerrar")
    counter.page.check("input[value=settled]")
    counter.page.click("main form .button")
    counter.page.wait_for_url("**/encuesta")
    assert "Cerrado" in counter.reads(path)
