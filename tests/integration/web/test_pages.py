"""The pages in a browser: nothing to complain of for axe, nothing that scrolls sideways on a small telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from shared.observability.health import Check
from tests.integration.web.tiny import Notes, served, tiny_site


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    notes = Notes(tmp_path_factory.mktemp("notes"))
    with served(tiny_site(notes, checks=[Check("broker", lambda: "no responde")])) as url:
        yield url
    notes.database.close()


@pytest.fixture(params=[320, 360, 1366])
def page(browser, request):
    context = browser.new_context(viewport={"width": request.param, "height": 740}, locale="es-SV")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["/", "/?lang=en", "/estado", "/entrar", "/api/docs"])
def test_a_page_is_accessible_fits_its_width_and_asks_nobody_else(page, address, path):
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('.bar a')].filter(a => a.getBoundingClientRect().height < 44).map(a => a.textContent)"
    )
    assert small == []
    assert len(asked) <= 4
    assert all(url.startswith(address) for url in asked)
    assert said == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_language_can_be_changed_from_the_keyboard(page, address):
    page.goto(address + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ir al contenido"
    for expected in ("Ventanilla de La Unión", "Entrar", "English"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == expected
    page.keyboard.press("Enter")
    page.wait_for_selector("html[lang=en]")
    assert page.inner_text("h1") == "La Unión window"
    page.click("text=API documentation")
    assert "Register" in page.inner_text("main")
