"""The pages in a real browser: readable for everybody, on a small telephone, in both languages, without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.looks import WIDTHS, ZOOMED, all_fit, all_in_english, opened
from tests.browser.states import PASSWORD, account, outside, signs_in, users
from tests.integration.referrals.world import World
from tests.integration.web.tiny import served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with served(world.hub.site) as address:
        yield address


def walk(page: Page, url: str, world: World) -> Iterator[str]:
    yield from outside(page, url)
    yield from account(page, url, world)
    yield from users(page, url, world)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_in_every_state_fits_and_is_accessible(browser, url, world, width):
    page = opened(browser, width, "es-SV")
    all_fit(page, walk(page, url, world), width, url)
    page.context.close()


def test_every_page_in_every_state_is_whole_in_english(browser, url, world):
    page = opened(browser, 360, "en")
    all_in_english(page, walk(page, url, world), "shared/web", "services/referrals/web")
    page.context.close()


def test_the_journey_needs_no_script_and_fits_twice_as_large(browser, url, world):
    page = opened(browser, ZOOMED, "es-SV", java_script_enabled=False)
    assert len(all_fit(page, walk(page, url, world), ZOOMED, url)) > 35
    page.context.close()


def test_a_first_visit_is_small_and_asks_little(browser, url):
    page = opened(browser, 360, "es-SV")
    sizes = []

    def weighs(request):
        size = request.sizes()["responseBodySize"]
        if size > 0:  # what the browser kept weighs nothing
            sizes.append(size)

    page.on("requestfinished", weighs)
    page.goto(f"{url}/entrar", wait_until="networkidle")
    assert sum(sizes) <= 60_000
    assert len(sizes) <= 6
    sizes.clear()
    page.goto(f"{url}/", wait_until="networkidle")
    assert sum(sizes) <= 20_000
    assert len(sizes) <= 2
    page.context.close()


def test_somebody_signs_in_and_out_with_the_keyboard_alone(browser, url):
    page = opened(browser, 1366, "es-SV")
    page.goto(f"{url}/entrar")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    page.keyboard.type("auditor@sv")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Usted entró como auditor@sv")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Salir"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Usted salió")
    page.context.close()


def test_an_error_is_reached_from_its_line_in_the_summary(browser, url):
    page = opened(browser, 360, "es-SV")
    page.goto(f"{url}/entrar")
    page.click("main button")
    page.click("text=Contraseña: Escriba este dato.")
    assert page.evaluate("document.activeElement.id") == "f-password"
    described = page.get_attribute("#f-password", "aria-describedby")
    assert "Escriba este dato." in page.inner_text(f"#{described.split()[0]}")
    assert page.title().startswith("Error:")
    page.context.close()


def test_what_somebody_types_of_themselves_is_offered_by_their_browser_and_nothing_else(browser, url):
    page = opened(browser, 360, "es-SV")
    page.goto(f"{url}/entrar")
    assert page.get_attribute("#f-username", "autocomplete") == "username"
    assert page.get_attribute("#f-password", "autocomplete") == "current-password"
    page.context.close()


def test_a_printed_page_is_the_content_alone(browser, url):
    page = opened(browser, 1366, "es-SV")
    signs_in(page, url, "auditor@sv")
    page.goto(f"{url}/cuenta")
    page.emulate_media(media="print")
    assert not page.is_visible("header.bar")
    assert not page.is_visible("footer")
    assert page.is_visible("text=Sesiones abiertas")
    page.context.close()


def test_the_browser_sends_its_cookies_to_no_other_site_and_shows_them_to_no_script(browser, url):
    page = opened(browser, 360, "es-SV")
    signs_in(page, url, "auditor@sv")
    for cookie in page.context.cookies():
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax"), cookie["name"]
    assert page.evaluate("document.cookie") == ""
    page.context.close()
