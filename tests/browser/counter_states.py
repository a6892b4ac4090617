"""The pages of the counter besides cases, in each state that they have: guidance, questions, directory, slips, trainings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from playwright.sync_api import Page

from shared.directory.entries import Full, ServiceStatus
from shared.routing.directory import Directory
from shared.vocabulary.codes import Need
from tests.browser.states import signs_in
from tests.integration.intake.world import MONDAY, STAFF, World


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


def in_every_standing(known: Directory) -> Directory:
    """Services that are assured, expired, full, in part full and not given, each one of another institution."""
    until = MONDAY + timedelta(days=6)
    changed = {
        "rree-documentos": {"assured_date": date(2026, 11, 2), "assured_until": date(2026, 12, 31)},
        "conapina-proteccion": {"assured_date": date(2026, 1, 2), "assured_until": date(2026, 6, 30)},
        "rree-asistencia-consular": {"status": ServiceStatus.TEMPORARILY_CLOSED},
    }
    services = tuple(replace(one, **changed.get(one.id, {})) for one in known.services)
    full = (Full("alcaldia-la-union", Need.SHELTER, until), Full("pddh", Need.LEGAL_AID, until), Full("pddh", Need.INFORMATION, until))
    return replace(known, services=services, full=full)


def directory(page: Page, url: str, world: World) -> Iterator[str]:
    """Services, before and after the hub has told of any."""
    page.goto(f"{url}/directorio")
    yield "no directory yet"
    world.hub_publishes(in_every_standing)
    for name, path in (("all services", "/directorio"), ("services, second page", "/directorio?page=2"),
                       ("services, found", "/directorio?necesidad=shelter&lugar=Conchagua"), ("services, which place", "/directorio?lugar=La+Uni%C3%B3n"),
                       ("services, no such place", "/directorio?lugar=xyxyxy"), ("services, none", "/directorio?necesidad=shelter&q=zzz"),
                       ("a service", "/directorio/pddh-denuncias"), ("a service in English", "/directorio/conapina-proteccion?idioma=en"),
                       ("a full service", "/directorio/pddh-asesoria")):
        page.goto(url + path)
        yield name


def walk(page: Page, url: str, world: World) -> Iterator[str]:
    signs_in(page, url, STAFF)
    yield from guidance(page, url)
    yield from directory(page, url, world)
