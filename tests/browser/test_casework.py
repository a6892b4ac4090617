"""Following a case up in a real browser: readable for everybody, on a small telephone, in both languages, without scripts."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.casework_states import (
    Village,
    acts,
    case_page,
    lists,
    locked,
    somebody,
    supervision,
    village,
)
from tests.browser.looks import WIDTHS, ZOOMED, all_fit, all_in_english, opened
from tests.browser.states import PASSWORD, signs_in
from tests.integration.intake.world import STAFF, World


@pytest.fixture
def here(world: World) -> Village:
    return village(world)


def walk(page: Page, url: str, here: Village) -> Iterator[str]:
    for part in (lists, case_page, acts, locked, supervision):
        page.context.clear_cookies()
        yield from part(page, url, here)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_in_every_state_fits_and_is_accessible(browser, url, here, width):
    page = opened(browser, width, "es-SV")
    all_fit(page, walk(page, url, here), width, url)
    page.context.close()


def test_every_page_in_every_state_is_whole_in_english(browser, url, here):
    page = opened(browser, 360, "en")
    all_in_english(page, walk(page, url, here), "shared/web", "services/intake/web")
    page.context.close()


def test_the_journey_needs_no_script_and_fits_twice_as_large(browser, url, here):
    page = opened(browser, ZOOMED, "es-SV", java_script_enabled=False)
    assert len(all_fit(page, walk(page, url, here), ZOOMED, url)) > 50
    page.context.close()


def test_pages_are_small_and_ask_little(browser, url, here):
    page = opened(browser, 360, "es-SV")
    sizes: list[int] = []

    def weighs(request):
        size = request.sizes()["responseBodySize"]
        if size > 0:
            sizes.append(size)

    page.on("requestfinished", weighs)
    signs_in(page, url, STAFF)
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= 60_000
    for path in ("/hoy", f"/casos/{here.answered['id']}", "/buscar", "/pendientes", "/numeros"):
        sizes.clear()
        page.goto(url + path, wait_until="networkidle")
        assert sum(sizes) <= 20_000, path
        assert len(sizes) <= 2, path
    page.context.close()


def test_somebody_finds_a_person_and_writes_to_an_institution_by_keyboard_alone(browser, url, here):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    page.goto(f"{url}/buscar")
    page.focus("#f-q")
    page.keyboard.type("marta rreyes")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Se encontró un caso")
    page.focus("tbody th a")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Lo que ha pasado")
    page.focus(f"a[href$='{here.accepted.id}/mensaje']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-text")
    page.focus("#f-text")
    page.keyboard.type("¿Abren el viernes?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Mensaje en camino a la institución.")
    assert page.is_visible("text=¿Abren el viernes?")
    page.context.close()


def test_one_key_locks_the_page_and_signing_in_brings_back_what_was_typed(browser, url, here):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    path = f"/casos/{here.answered['id']}/referencias/{here.accepted.id}/mensaje"
    page.goto(url + path)
    page.fill("#f-text", "Llega mañana a las ocho")
    page.keyboard.press("F9")
    page.wait_for_selector("text=La página está bloqueada")
    assert "Marta" not in page.content()
    other = page.context.new_page()
    other.goto(url + path)
    assert other.url.startswith(f"{url}/entrar"), "the session is over"
    page.fill("#f-username", STAFF)
    page.fill("#f-password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(url + path)
    assert page.input_value("#f-text") == "Llega mañana a las ocho"
    page.context.close()


def test_a_page_that_nobody_touches_locks_itself(browser, url, here):
    page = opened(browser, 1366, "es-SV")
    page.clock.install()
    signs_in(page, url, STAFF)
    page.goto(f"{url}/casos/{here.answered['id']}")
    page.clock.fast_forward("04:30")
    page.mouse.move(50, 50)
    page.clock.fast_forward("04:30")
    assert page.is_visible("text=Lo que ha pasado")
    page.clock.fast_forward("00:40")
    page.wait_for_selector("text=La página está bloqueada")
    page.context.close()


def test_initials_alone_are_shown_wherever_a_name_stands(browser, url, world, here):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, STAFF)
    page.click("text=Solo iniciales")
    for path in ("/hoy", "/buscar", "/pendientes", f"/casos/{here.answered['id']}", f"/casos/{here.answered['id']}/cerrar"):
        page.goto(url + path)
        text = page.inner_text("main")
        assert "M. R." in text, path
        assert not any(word in text for word in ("Marta", "Reyes", "Xiomara", "70218846", "1988")), path
    page.click("text=Mostrar nombres")
    assert "Marta Reyes" in page.inner_text("main")
    page.context.close()


def test_a_new_window_says_what_to_do_first(browser, url, world):
    page = opened(browser, 360, "es-SV")
    signs_in(page, url, STAFF)
    assert page.is_visible("text=Esta ventanilla todavía no ha atendido a nadie")
    for path, words in (("/buscar", "Todavía no hay casos"), ("/pendientes", "Poner un seguimiento"), ("/numeros", "Ninguna institución ha contestado")):
        page.goto(url + path)
        assert page.is_visible(f"text={words}"), path
        assert Axe().run(page).violations_count == 0, path
    page.context.close()


def test_a_colleague_in_the_same_case_is_named_and_nothing_typed_is_lost(browser, url, world, here):
    page = opened(browser, 360, "es-SV")
    signs_in(page, url, STAFF)
    page.goto(f"{url}/casos/{here.queued['id']}/cerrar")
    page.check("input[value=settled]")
    page.fill("#f-text", "Ya tiene su DUI.")
    world.changes(here.queued["id"], {"notes": "Volvió por la tarde."}, 1, by="supervisor@la-union")
    page.click("main form .button")
    page.wait_for_selector("text=Alguien se adelantó")
    told = page.inner_text(".conflict")
    assert "Se cambió el caso (notas)" in told
    assert "supervisor@la-union" in told
    assert (page.input_value("#f-text"), page.is_checked("input[value=settled]")) == ("Ya tiene su DUI.", True)
    assert Axe().run(page).violations_count == 0
    page.click("main form .button")
    page.wait_for_url(f"{url}/encuesta")
    assert world.sees(here.queued["id"])["status"] == "closed"
    page.context.close()


def test_many_people_stand_on_pages_that_say_where_one_is(browser, url, world):
    for number in range(30):
        world.registers(somebody(f"Ana{number}", "Molina"))
    page = opened(browser, 360, "es-SV")
    signs_in(page, url, STAFF)
    page.goto(f"{url}/buscar")
    page.fill("#f-q", "molina")
    page.click("main form .button")
    assert page.is_visible("text=Página 1 de 2")
    page.click("text=Siguiente")
    assert page.is_visible("text=Página 2 de 2")
    assert page.locator("tbody tr").count() == 5
    assert page.url == f"{url}/buscar"
    page.context.close()
