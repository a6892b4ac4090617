"""Guidance, questions, directory, slips, voluntary return and trainings in a real browser, as staff of a window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page

from tests.browser.counter_states import in_every_standing, walk
from tests.browser.states import signs_in
from tests.browser.test_pages import NO_LABEL, ROOT, SIDEWAYS, SMALL, WIDTHS, opened
from tests.integration.intake.world import STAFF, World
from tests.integration.web.tiny import served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with served(world.window.site) as address:
        yield address


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A signed-in member of staff at a PC."""
    made = opened(browser, 1366, "es-SV")
    signs_in(made, url, STAFF)
    yield made
    made.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_in_every_state_fits_and_is_accessible(browser, url, world, width):
    page = opened(browser, width, "es-SV")
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for state in walk(page, url, world):
        page.wait_for_load_state()
        assert not page.evaluate(SIDEWAYS), state
        assert page.evaluate(SMALL) == [], state
        assert page.evaluate(NO_LABEL) == [], state
        assert page.locator("h1").count() == 1, state
        assert page.locator("main [style]").count() == 0, state
        if width != 320:
            found = Axe().run(page)
            assert found.violations_count == 0, f"{state}: {found.generate_report()}"
    assert all(address.startswith(url) for address in asked)
    assert [words for words in said if "status of" not in words] == []
    page.context.close()


def test_every_page_in_every_state_is_whole_in_english(browser, url, world):
    spanish = set()
    for room in (ROOT / "shared/web", ROOT / "services/intake/web"):
        for path in (room / "locale/en").glob("*.po"):
            with path.open("rb") as file:
                spanish |= {m.id for m in read_po(file, locale="en") if isinstance(m.id, str) and len(m.id) > 6 and m.id != m.string and "%(" not in m.id}
    page = opened(browser, 360, "en")
    for state in walk(page, url, world):
        if page.get_attribute("html", "lang") == "es":
            page.click("button[lang=en]")  # the user's own language, until they choose another
        page.evaluate("() => [...document.querySelectorAll('[lang=es]:not(html)')].forEach(one => one.remove())")
        shown = page.inner_text("body")
        assert [text for text in spanish if text in shown] == [], state
    page.context.close()


def test_the_journey_needs_no_script(browser, url, world):
    page = opened(browser, 360, "es-SV", java_script_enabled=False)
    for state in walk(page, url, world):
        assert page.locator("h1").count() == 1, state
        assert page.locator("[data-print]:visible").count() == 0, state
    page.context.close()


def test_pages_of_the_counter_weigh_little(browser, url, world):
    world.hub_publishes()
    sizes = []

    def weighs(request):
        if (size := request.sizes()["responseBodySize"]) > 0:  # what the browser kept weighs nothing
            sizes.append(size)

    page = opened(browser, 360, "es-SV")
    page.on("requestfinished", weighs)
    signs_in(page, url, STAFF)
    sizes.clear()
    page.goto(f"{url}/orientacion", wait_until="networkidle")
    assert sum(sizes) <= 60_000
    for path in ("/orientacion/fundamental_rights", "/pregunta", "/directorio", "/directorio/pddh-denuncias"):
        sizes.clear()
        page.goto(url + path, wait_until="networkidle")
        assert sum(sizes) <= 20_000, path
        assert len(sizes) <= 2, path
    page.context.close()


def sheets(page: Page) -> int:
    """How many sheets of paper a page takes, at the size that its own style says."""
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")


def test_a_question_is_counted_in_two_clicks_and_its_text_opens(page, url, world):
    page.click("nav >> text=Solo pregunta")
    page.click("text=Sus documentos")
    page.wait_for_selector("text=Contado: solo preguntó.")
    assert page.inner_text("h1") == "Sus documentos"
    (kind, visit), = world.sends()
    assert (kind, [str(topic) for topic in visit.topics], visit.sex) == ("visit.recorded", ["documents"], None)
    assert visit.guidance_version is not None


def test_a_form_sent_twice_counts_one_visit(page, url, world):
    page.goto(f"{url}/pregunta")
    form = page.locator("form:has(.asks)")
    form.evaluate("form => { const topic = document.createElement('input'); topic.name = 'topics'; topic.value = 'documents'; form.append(topic); }")
    sent = page.evaluate("() => new URLSearchParams(new FormData(document.querySelector('form:has(.asks)'))).toString()")
    for _ in range(2):
        answer = page.request.post(f"{url}/pregunta", data=sent, headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.ok
    assert [kind for kind, _ in world.sends()] == ["visit.recorded"]


def test_a_text_is_read_in_the_language_of_the_person_while_the_page_stays_in_that_of_the_staff(page, url):
    page.goto(f"{url}/orientacion/documents")
    page.click(".switch >> text=English")
    assert page.get_attribute("article", "lang") == "en"
    assert "Nobody has reviewed this text yet." in page.inner_text("article")
    assert page.get_attribute("html", "lang") == "es"
    assert page.is_visible("text=Imprimir para la persona")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_text_prints_large_on_at_most_two_sheets(page, url, language):
    page.goto(f"{url}/orientacion")
    for address in [one.get_attribute("href") for one in page.locator(".cards a").all()]:
        page.goto(f"{url}{address}?idioma={language}")
        page.emulate_media(media="print")
        assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.aloud section p')).fontSize)") >= 18.6, address  # 14 pt
        assert not page.is_visible(".tools")
        assert not page.is_visible("nav")
        assert sheets(page) <= 2, address


def names(page: Page) -> list[str]:
    return page.locator(".services h3").all_inner_texts()


def test_services_are_found_by_need_and_by_the_place_that_people_name(page, url, world):
    world.hub_publishes(in_every_standing)
    page.goto(f"{url}/directorio")
    page.select_option("#f-necesidad", "shelter")
    page.fill("#f-lugar", "conchagua")
    page.click("text=Buscar")
    assert names(page) == ["Apoyo municipal a personas retornadas"]
    assert "La Unión Sur" in page.inner_text(".services")
    assert "Sin cupo para albergue hasta el 29 nov 2026" in page.inner_text(".services")
    page.fill("#f-lugar", "La Unión")
    page.click("text=Buscar")
    page.click("text=Departamento de La Unión")
    assert len(names(page)) == 2  # that of the south and that of the north
    page.fill("#f-lugar", "xyxyxy")
    page.click("text=Buscar")
    assert "No conocemos ese lugar." in page.inner_text("main")
    assert page.input_value("#f-lugar") == "xyxyxy"


def test_a_service_says_whether_somebody_is_there_now(page, url, world):
    world.hub_publishes()
    page.goto(f"{url}/directorio?q=denuncia+derechos")
    assert "Abierto ahora, hasta las 16:00" in page.inner_text(".services")
    world.clock.forward(hours=10)
    page.reload()
    signs_in(page, url, STAFF)
    page.goto(f"{url}/directorio?q=denuncia+derechos")
    assert "Cerrado; abre el martes 24 nov 2026 a las 08:00" in page.inner_text(".services")


def test_the_leaflet_of_every_service_fits_one_sheet(page, url, world):
    known = []
    world.hub_publishes(lambda directory: known.append(directory) or directory)
    page.emulate_media(media="print")
    for service in known[0].services:
        page.goto(f"{url}/directorio/{service.id}")
        assert sheets(page) == 1, service.id


def test_without_a_directory_the_page_says_what_to_do(page, url):
    page.goto(f"{url}/directorio")
    assert "aún no recibe el directorio" in page.inner_text("main")
    assert page.is_visible("main >> text=Orientación")
