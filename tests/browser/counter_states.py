"""The pages of the counter besides cases, in each state that they have: guidance, questions, directory, slips, trainings."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.states import signs_in
from tests.integration.intake.world import STAFF, World


def guidance(page: Page, url: str) -> Iterator[str]:
    """Texts, and whoever only asked."""
    for name, path in (("texts", "/orientacion"), ("texts, found", "/orientacion?q=pasaporte"), ("texts, none", "/orientacion?q=zzz"),
                       ("a text", "/orientacion/voluntary_return"), ("a text in English", "/orientacion/documents?idioma=en"),
                       ("a question", "/pregunta")):
        page.goto(url + path)
        yield name
    page.click("summary")
    yield "a question, several topics"
    page.click("text=Contar y leer el primero" if page.get_attribute("html", "lang") == "es" else "text=Count and read the first")
    yield "a question, no topic"
    page.goto(f"{url}/pregunta")
    page.locator(".asks button").nth(3).click()
    yield "a question, counted"


def walk(page: Page, url: str, world: World) -> Iterator[str]:
    signs_in(page, url, STAFF)
    yield from guidance(page, url)
