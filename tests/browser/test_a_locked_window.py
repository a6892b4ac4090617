"""A window whose keys are locked, in a real browser: it says so, and leads to the sign-in that opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.looks import all_in_english, fits, opened
from tests.browser.states import PASSWORD, signs_in
from tests.integration.intake.world import STAFF, SUPERVISOR, World
from tests.integration.web.tiny import served


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    world = World(tmp_path)
    world.protects(STAFF, PASSWORD)
    with served(world.window.site) as address:
        yield address
    world.close()


def walk(page: Page, url: str) -> Iterator[str]:
    page.goto(f"{url}/estado")
    yield "state, locked"
    page.goto(f"{url}/cuenta")
    yield "sign-in, locked"
    signs_in(page, url, SUPERVISOR)
    yield "sign-in, the password opens nothing yet"
    page.fill("#f-password", PASSWORD)
    page.fill("#f-code", "ABCD-EFGH")
    page.click("main button")
    yield "sign-in, the code opens nothing"
    signs_in(page, url, STAFF)
    yield "opened"


@pytest.mark.parametrize("width", [320, 360])
def test_every_state_of_a_locked_window_fits_is_accessible_and_needs_no_script(browser, url, width):
    page = opened(browser, width, "es-SV")
    for state in walk(page, url):
        page.wait_for_load_state()
        fits(page, state, width)
        if state == "state, locked":
            assert "cerradas hasta que alguien entre" in page.inner_text("main")
    page.goto(f"{url}/estado")
    assert "Llaves" not in page.inner_text("main")
    page.context.close()


def test_a_locked_window_is_whole_in_english(browser, url):
    page = opened(browser, 360, "en")
    all_in_english(page, walk(page, url), "shared/web")
    page.context.close()
