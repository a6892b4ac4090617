"""A person is registered in a real browser: by keyboard, without scripts, over a cut, on every width, in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from services.intake.web.forms.fields import Kind, every
from services.intake.web.forms.person_form import SECTIONS
from tests.browser.fingers import Fingers, routine_case
from tests.browser.looks import WIDTHS, ZOOMED, all_fit, all_in_english, opened
from tests.browser.register_states import (
    field,
    fills_in,
    furnished,
    goes_on,
    registering,
    sends,
    several,
    signs_in,
    takes,
)
from tests.cast import PLANTED, dui, returned_woman
from tests.integration.intake.world import STAFF, SUPERVISOR, World
from tests.integration.web.tiny import served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = furnished(World(tmp_path))
    yield made
    made.close()


def begins(page: Page, url: str, username: str = STAFF) -> None:
    signs_in(page, url, username)
    page.goto(f"{url}/personas/nueva")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_of_registering_fits_and_is_accessible(browser, url, world, width):
    page = opened(browser, width, "es-SV")
    all_fit(page, registering(page, url, world), width, url)
    page.context.close()


def test_every_state_of_registering_is_whole_in_english(browser, url, world):
    page = opened(browser, 1366, "en")
    all_in_english(page, registering(page, url, world), "shared/web", "services/intake/web")
    page.context.close()


def test_registering_needs_no_script_and_fits_twice_as_large(browser, url, world):
    page = opened(browser, ZOOMED, "es-SV", java_script_enabled=False)
    assert all_fit(page, registering(page, url, world), ZOOMED, url)[-1] == "the form on paper"
    assert len(world.finds("Reyes Portillo")) == 1
    assert len(world.finds("Rosa Amaya")) == 1
    page.context.close()


def test_a_routine_case_is_registered_with_the_keyboard_alone(browser, url, world, capsys):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    page.wait_for_load_state("networkidle")  # what the first page still asks for is not the form's
    asked = set()
    page.on("request", lambda request: asked.add(f"{request.method} {request.url}"))
    page.goto(f"{url}/personas/nueva")
    keys = Fingers(page)
    routine_case(keys)
    keys.presses("Enter")
    page.wait_for_url("**/revisar")
    expect(page.locator("main")).to_contain_text("Conchagua, La Unión Sur, La Unión")
    expect(page.locator(".send form button")).to_be_focused()
    keys.presses("Enter")
    page.wait_for_url("**/registrado")
    code = re.search(r"SV-LUN-\d{6}-.", page.inner_text("h1"))[0]
    with capsys.disabled():
        print(f"\na routine case: {keys.pressed} key presses, {len(asked)} requests, styles and script included")
    assert keys.pressed <= 75
    assert len(asked) <= 12
    case = world.sees(next(item["id"] for item in world.call("GET", "/cases").get_json()["items"] if item["code"] == code))
    assert case["vulnerabilities"]["fear_of_return"] == "no"
    assert "disability" not in case["vulnerabilities"]
    assert [need["code"] for need in case["needs"]] == ["documentation"]
    page.context.close()


def test_keys_can_be_switched_off(browser, url, world):
    page = opened(browser, 1366, "es-SV")
    begins(page, url)
    page.click("#keys summary")
    page.check("#keys-off")
    field(page, "vulnerabilities.fear_of_return").first.focus()
    page.keyboard.press("s")
    assert field(page, "vulnerabilities.fear_of_return").locator("visible=true").nth(0).is_checked() is False
    page.context.close()


def test_a_yes_says_what_it_sets_off_beside_it(browser, url, world):
    page = opened(browser, 1366, "es-SV")
    begins(page, url)
    told = page.locator('[id="f-vulnerabilities.trafficking_indicators"] .then')
    assert not told.first.is_visible()
    takes(page, "vulnerabilities.trafficking_indicators", "yes")
    assert "Indicios de trata de personas." in told.first.inner_text()
    assert "Emergencia" in told.first.inner_text()
    page.context.close()


def test_what_was_typed_outlives_a_closed_browser_and_a_killed_service(browser, world):
    with served(world.window.site) as url:
        page = opened(browser, 360, "es-SV")
        begins(page, url)
        field(page, "person.given_name").fill("Ana Mar")
        expect(page.locator("#kept")).to_contain_text("Guardado")
        path = page.url.removeprefix(url)
        page.context.close()
    world.window.close()
    world.start()
    with served(world.window.site) as url:
        page = opened(browser, 360, "es-SV")
        signs_in(page, url, SUPERVISOR)
        page.goto(f"{url}/borradores")
        page.click("text=Ana Mar")
        assert page.url.removeprefix(url) == path
        assert field(page, "person.given_name").input_value() == "Ana Mar"
        page.context.close()


def test_a_form_sent_twice_registers_once(browser, url, world):
    page = opened(browser, 360, "es-SV")
    begins(page, url)
    fills_in(page)
    goes_on(page)
    page.evaluate("() => { const button = document.querySelector('.send form button'); button.click(); button.click(); }")
    page.wait_for_url("**/registrado")
    first = page.url
    page.go_back()
    page.wait_for_load_state()
    assert page.url == first
    assert len(world.finds("Reyes Portillo")) == 1
    page.context.close()


def test_somebody_who_came_before_gets_a_new_visit_not_a_new_person(browser, url, world):
    page = opened(browser, 1366, "es-SV")
    begins(page, url)
    fills_in(page, given_name=PLANTED["given_name"], family_name=PLANTED["family_name"])
    with page.expect_navigation():
        page.click("#alike >> text=Es la misma persona")
    assert field(page, "person.document.number").input_value() == dui(PLANTED["document"])
    goes_on(page)
    assert page.locator(".alike").count() == 0
    page.click(".send form button")
    page.wait_for_url("**/registrado")
    cases = world.call("GET", "/cases").get_json()["items"]
    assert len({world.sees(one["id"])["person_id"] for one in cases}) == 1
    assert len(cases) == 2
    page.context.close()


def test_a_colleagues_change_is_looked_through_before_it_is_sent(browser, url, world):
    mine, other = opened(browser, 1366, "es-SV"), opened(browser, 1366, "es-SV")
    begins(mine, url)
    fills_in(mine)
    goes_on(mine)
    signs_in(other, url, SUPERVISOR)
    other.goto(mine.url.removesuffix("/revisar"))
    takes(other, "needs", "shelter")
    goes_on(other)
    sends(mine)
    assert "cambió mientras se revisaba" in mine.inner_text("main")
    assert world.finds("Reyes Portillo") == []
    mine.context.close()
    other.context.close()


def test_two_who_correct_one_case_are_merged_field_by_field(browser, url, world):
    case = world.registers(returned_woman())
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    page.goto(f"{url}/casos/{case['id']}/corregir")
    field(page, "person.given_name").fill("Xiomara")
    assert world.changes(case["id"], {"situation": "in_transit"}, 1).status_code == 200
    goes_on(page)
    assert "Otra persona cambió este caso" in page.inner_text("main")
    assert field(page, "person.given_name").input_value() == "Xiomara"
    page.click("form.case .ends button >> nth=0")
    page.wait_for_url(f"**/casos/{case['id']}")
    seen = world.sees(case["id"])
    assert (seen["person"]["given_name"], seen["situation"], seen["notes"]) == ("Xiomara", "in_transit", PLANTED["narrative"])
    assert seen["return"] == {"country": "MX", "date": None}
    page.context.close()


def test_a_family_shares_its_place_and_journey_and_each_person_has_an_own_case(browser, url, world):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    assert list(several(page, url))[-1] == "a group, empty"
    page.goto(f"{url}/borradores")
    page.click("text=Lucía Coreas")
    assert field(page, "person.origin").input_value() == "Conchagua"
    takes(page, "needs", "education")
    takes(page, "consent.status", "granted")
    takes(page, "consent.method", "signed")
    goes_on(page)
    assert "consiente su responsable" in page.inner_text(".summary")
    page.select_option('[name="consent.given_by"]', "guardian")
    field(page, "consent.guardian.name").fill("Marta Coreas")
    field(page, "consent.guardian.relationship").fill("madre")
    goes_on(page)
    page.click(".send form button")
    page.wait_for_url("**/registrado?familia=*")
    cases = [world.sees(one["id"]) for one in world.call("GET", "/cases").get_json()["items"] if one["family_name"] == "Coreas"]
    assert len({case["household_id"] for case in cases}) == 1
    assert len({case["person_id"] for case in cases}) == 2
    assert {case["person"]["origin"]["municipality"] for case in cases} == {"Conchagua"}
    page.context.close()


def test_each_row_of_a_group_is_kept_by_itself_while_it_is_typed(browser, url, world):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    page.goto(f"{url}/grupos/nuevo")
    field(page, "1.person.given_name").fill("Uno")
    field(page, "2.person.given_name").fill("Dos")
    expect(page.locator("#kept")).to_contain_text("Guardado")
    page.reload()
    assert field(page, "2.person.given_name").input_value() == "Dos"
    page.goto(f"{url}/borradores")
    assert page.locator("tbody tr").count() == 2
    page.context.close()


def test_the_paper_form_is_whole_on_paper(browser, url, world):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    page.goto(f"{url}/papel")
    page.emulate_media(media="print")
    assert not page.is_visible(".screen")
    for one in every(SECTIONS):
        if one.kind is not Kind.ANSWER:
            assert page.locator("dt", has_text=one.label).first.is_visible(), one.name
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()


def test_the_form_is_small_and_asks_little(browser, url, world):
    page = opened(browser, 360, "es-SV")
    signs_in(page, url, STAFF)
    page.wait_for_load_state("networkidle")
    sizes = []

    def weighs(request):
        size = request.sizes()["responseBodySize"]
        if size > 0:  # what the browser kept weighs nothing
            sizes.append(size)

    page.on("requestfinished", weighs)
    page.goto(f"{url}/personas/nueva", wait_until="networkidle")
    assert sum(sizes) <= 60_000
    assert len(sizes) <= 6
    sizes.clear()
    page.goto(f"{url}/personas/nueva", wait_until="networkidle")
    assert sum(sizes) <= 20_000
    page.context.close()


def test_nothing_about_the_person_is_offered_to_the_next_one_by_the_browser(browser, url, world):
    page = opened(browser, 360, "es-SV")
    begins(page, url)
    offering = "() => [...document.querySelectorAll('form.case input:not([type=hidden], [type=radio], [type=checkbox]), form.case textarea')].filter(one => one.autocomplete !== 'off').map(one => one.name)"
    assert page.evaluate(offering) == []
    page.context.close()
