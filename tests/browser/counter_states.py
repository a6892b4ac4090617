"""The pages of the counter besides cases, in each state that they have: guidance, questions, directory, slips, trainings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Page

from shared.contracts.referral import Appointment
from shared.directory.entries import Full, ServiceStatus
from shared.routing.directory import Directory
from shared.spoken import new_code
from shared.vocabulary.codes import Need, ReferralStatus
from tests.browser.states import signs_in
from tests.cast import returned_woman
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


def referred(world: World, **changes: Any) -> dict[str, Any]:
    """A case with an appointment at one institution, a question at another, and one that is not named."""
    case = world.registers(returned_woman(**changes))
    meeting = Appointment(MONDAY + timedelta(days=2), "Delegación de La Unión", ("La carta que le dieron",))
    for state in (
        {"status": ReferralStatus.ACCEPTED, "appointment": meeting},
        {"institution": "alcaldia-la-union", "needs": (Need.DOCUMENTATION,)},
        {"institution": "fgr", "needs": (Need.TRAFFICKING,)},
    ):
        world.hub_tells_referral(world.referral(case, **state))
    return case


def slips(page: Page, url: str, world: World) -> Iterator[str]:
    """Slips, and what they tell."""
    alone = world.registers(returned_woman())
    page.goto(f"{url}/casos/{alone['id']}/boleta")
    yield "a slip, no referral yet"
    world.hub_publishes()
    address = f"{url}/casos/{referred(world)['id']}/boleta"
    for name, query in (("a slip", ""), ("a slip in English", "?idioma=en"), ("a slip, nobody named", "?nombrar=no"), ("a slip, all named", "?nombrar=si")):
        page.goto(address + query)
        yield name
    page.click(".tools form button")
    yield "a slip, prepared"
    page.goto(f"{url}/consulta")
    yield "ask by slip"
    page.click("main form button")
    yield "ask by slip, no code"
    for name, code in (("no code at all", "K7QF 2MXP"), ("another window's", new_code()), ("answered", code_on(page, address))):
        page.goto(f"{url}/consulta")
        page.fill("#f-claim", code)
        page.locator("main form button").last.click()
        yield f"ask by slip, {name}"


def code_on(page: Page, address: str) -> str:
    """The claim code as the slip at that address shows it."""
    page.goto(address)
    return " ".join(page.inner_text(".slip .code").split())


def wants_to_return(**changes: Any) -> dict[str, Any]:
    """Somebody of Honduras, in El Salvador."""
    body = returned_woman(**{"situation": "foreign_national", "needs": [{"code": "voluntary_return"}]} | changes)
    body["person"] |= {"nationality": "HN", "document": None, "origin": {"country": "HN"}}
    return body


def child_alone() -> dict[str, Any]:
    body = wants_to_return(vulnerabilities=["unaccompanied_child"])
    body["person"]["birth_date"] = "2014-05-01"
    body["consent"] |= {"given_by": "authority"}
    return body


def returns(page: Page, url: str, world: World) -> Iterator[str]:
    """From the first word about it to the sheet, and where a step is missing."""
    world.hub_publishes()
    page.goto(f"{url}/casos/{world.registers(returned_woman())['id']}/retorno")
    yield "return, not asked for"
    page.click("form[action$=necesidad] button")
    yield "return, asked for"
    page.click("form[action$=orientacion] button")
    yield "return, guided"
    page.fill("#f-declared_on", "40/1/2026")
    page.click("form[action$=declaracion] button")
    yield "return, bad date"
    page.fill("#f-declared_on", "23/11/2026")
    page.check("input[value=signed]")
    page.click("form[action$=declaracion] button")
    yield "return, declared"
    page.goto(f"{page.url}/hoja")
    yield "return, the sheet"
    page.goto(f"{page.url}?idioma=en")
    yield "return, the sheet in English"
    page.goto(f"{url}/casos/{world.registers(child_alone())['id']}/retorno")
    yield "return, a child alone"
    page.click("form[action$=interes-superior] button")
    yield "return, no decision"
    page.goto(f"{page.url.removesuffix('/interes-superior')}/hoja")
    yield "return, no sheet yet"
    page.goto(f"{url}/casos/{world.registers(wants_to_return(vulnerabilities=['fear_of_return']))['id']}/retorno")
    yield "return, feared"


def writes_session(page: Page, url: str, on: str = "20/11/2026") -> None:
    page.goto(f"{url}/capacitaciones/nueva")
    page.fill("#f-held_on", on)
    page.fill("#f-place", "Centro Escolar de Prueba")
    page.check("input[value=schools]")
    page.check("input[value=municipal_services]")
    page.fill("#f-trainers", "Delegada de Prueba, Docente de Prueba")
    page.click("main form button")


def writes_row(page: Page, number: int, name: str, sex: str, *, consents: bool = True) -> None:
    page.fill(f"#f-name-{number}", name)
    page.select_option(f"#f-sex-{number}", sex)
    page.set_checked(f"input[name=consent-{number}]", consents)


def trainings(page: Page, url: str) -> Iterator[str]:
    """From the empty list to the certificates."""
    page.goto(f"{url}/capacitaciones")
    yield "no trainings"
    page.goto(f"{url}/capacitaciones?publico=government")
    yield "no such trainings"
    page.goto(f"{url}/capacitaciones/nueva")
    yield "new training"
    page.click("main form button")
    yield "new training, empty fields"
    writes_session(page, url)
    address = page.url
    yield "a training"
    page.click("summary")
    page.fill("#f-women", "doce")
    page.click("form[action$=cantidades] button")
    yield "a training, no number"
    page.goto(f"{address}/certificados")
    yield "no certificates yet"
    page.goto(f"{address}/cambiar")
    yield "a training to be changed"
    page.goto(f"{address}/lista")
    yield "an empty list"
    page.click("main form button")
    yield "a list of nobody"
    page.fill("#f-name-0", "Beatriz Inventada")
    page.click("main form button")
    yield "a list, no sex"
    writes_row(page, 0, "Beatriz Inventada", "female")
    writes_row(page, 1, "", "male", consents=False)
    page.click("main form button")
    yield "a training, attended"
    page.goto(f"{address}/lista")
    yield "a list"
    page.goto(address)
    page.click("form[action$=cerrar] button")
    yield "a training, closed"
    page.goto(f"{address}/certificados")
    yield "certificates"
    page.goto(f"{url}/capacitaciones")
    yield "trainings"


def helped(page: Page, url: str) -> Iterator[str]:
    page.goto(f"{url}/ayuda")
    yield "help"


def walk(page: Page, url: str, world: World) -> Iterator[str]:
    yield from helped(page, url)
    signs_in(page, url, STAFF)
    yield from guidance(page, url)
    yield from directory(page, url, world)
    yield from slips(page, url, world)
    yield from returns(page, url, world)
    yield from trainings(page, url)
