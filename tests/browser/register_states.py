"""Registering a person at a window, in each state that its pages have, one after the other."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.states import signs_in
from tests.cast import PLANTED, returned_woman
from tests.integration.intake.world import STAFF, World

FORM = "form.case"


def field(page: Page, name: str):
    return page.locator(f'{FORM} [name="{name}"]:not([type=hidden])')


def takes(page: Page, name: str, value: str) -> None:
    page.check(f'{FORM} [name="{name}"][value="{value}"]')


def goes_on(page: Page) -> None:
    """Sends the form; what comes is another page or the same with what is wrong."""
    with page.expect_navigation():
        page.click(f"{FORM} .ends button >> nth=0")


def sends(page: Page) -> None:
    """The last button of the check."""
    with page.expect_navigation():
        page.click(".send form button")


def fills_in(page: Page, *, given_name: str = "Ana María", family_name: str = "Reyes Portillo", birth: str = "1/5/1990", origin: str = "Conchagua") -> None:
    field(page, "person.given_name").fill(given_name)
    field(page, "person.family_name").fill(family_name)
    field(page, "person.birth").fill(birth)
    takes(page, "person.sex", "female")
    takes(page, "situation", "returnee")
    field(page, "person.origin").fill(origin)
    takes(page, "needs", "documentation")
    takes(page, "consent.status", "granted")
    takes(page, "consent.method", "signed")


def registering(page: Page, url: str, world: World) -> Iterator[str]:
    """From an empty form to a registered case, with all that can come between."""
    signs_in(page, url, STAFF)
    page.goto(f"{url}/borradores")
    yield "no drafts"
    page.goto(f"{url}/personas/nueva")
    yield "an empty form"
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })") if scripts_run(page) else None
    yield "an empty form, all unfolded"
    goes_on(page)
    yield "nothing was typed"
    fills_in(page, given_name=PLANTED["given_name"], family_name=PLANTED["family_name"], origin="la unión")
    takes(page, "vulnerabilities.fear_of_return", "yes")
    if scripts_run(page):
        page.wait_for_selector("#alike .alike")
        yield "somebody alike, while typing"
    goes_on(page)
    yield "several places of that name"
    page.locator('[name="person.origin.choice"]').last.check()
    goes_on(page)
    yield "to be checked, with blocks and somebody alike"
    page.click("text=Volver al formulario" if page.get_attribute("html", "lang") == "es" else "text=Back to the form")
    yield "back in the form"
    page.goto(f"{url}/borradores")
    yield "a draft"
    page.click("tbody .button")
    yield "deleting a draft"
    page.go_back()
    page.click("tbody th a")
    goes_on(page)
    sends(page)
    yield "registered"
    page.goto(f"{url}/personas/nueva")
    fills_in(page)
    takes(page, "consent.status", "refused")
    goes_on(page)
    yield "to be checked, without consent"
    sends(page)
    yield "registered, withheld"
    yield from step_by_step(page, url)
    yield from correcting(page, url, world)
    yield from several(page, url)
    page.goto(f"{url}/papel")
    yield "the form on paper"


def step_by_step(page: Page, url: str) -> Iterator[str]:
    """The same form, one section a page."""
    page.goto(f"{url}/personas/nueva")
    page.click(f"{FORM} .ends button >> nth=2")
    page.wait_for_load_state()
    yield "step 1"
    goes_on(page)
    yield "step 1, nothing was typed"
    field(page, "person.given_name").fill("Rosa")
    field(page, "person.family_name").fill("Amaya")
    field(page, "person.birth").fill("36")
    takes(page, "person.sex", "female")
    takes(page, "situation", "prospective")
    goes_on(page)
    yield "step 2"
    takes(page, "needs", "education")
    goes_on(page)
    yield "step 3"
    goes_on(page)
    yield "step 4"
    takes(page, "consent.status", "granted")
    takes(page, "consent.method", "thumbprint")
    goes_on(page)
    yield "all steps, to be checked"
    sends(page)
    yield "all steps, registered"


def several(page: Page, url: str) -> Iterator[str]:
    """A family, and a group."""
    page.goto(f"{url}/familias/nueva")
    yield "a family, empty"
    goes_on(page)
    yield "a family of nobody"
    takes(page, "situation", "returnee")
    field(page, "person.origin").fill("Conchagua")
    for number, (name, birth) in enumerate((("Marta", "34"), ("Lucía", "9")), 1):
        field(page, f"{number}.person.given_name").fill(name)
        field(page, f"{number}.person.family_name").fill("Coreas")
        field(page, f"{number}.person.birth").fill(birth)
        page.select_option(f'[name="{number}.person.sex"]', "female")
    field(page, "2.person.birth").fill("nueve")
    goes_on(page)
    yield "a family, with something wrong"
    field(page, "2.person.birth").fill("9")
    goes_on(page)
    yield "a family, to be completed"
    page.click("tbody .button >> nth=0")
    page.wait_for_load_state()
    takes(page, "needs", "livelihood")
    takes(page, "consent.status", "granted")
    takes(page, "consent.method", "signed")
    goes_on(page)
    sends(page)
    yield "one of a family, registered"
    page.click("main .row a >> nth=2")
    page.wait_for_load_state()
    yield "a family, half done"
    page.goto(f"{url}/grupos/nuevo")
    yield "a group, empty"


def correcting(page: Page, url: str, world: World) -> Iterator[str]:
    """A case that stands, with somebody else's change in between."""
    (case,) = [one for one in world.call("GET", "/cases").get_json()["items"] if one["family_name"] == PLANTED["family_name"] and one["version"] == 1][:1]
    page.goto(f"{url}/casos/{case['id']}/corregir")
    yield "a case in its form"
    field(page, "person.birth").fill("ayer")
    goes_on(page)
    yield "a correction with something wrong"
    field(page, "person.birth").fill("2/5/1990")
    field(page, "notes").evaluate("one => { one.closest('details').open = true; }") if scripts_run(page) else None
    world.changes(case["id"], {"notes": "dice que no", "situation": "in_transit", "person": {"birth_date": "1991-05-01"}}, 1)
    goes_on(page)
    yield "a correction beside somebody else's"


def scripts_run(page: Page) -> bool:
    """Whether the keys' sheet is shown: the script of the form does that."""
    return page.locator("#keys:not([hidden])").count() > 0


def furnished(world: World) -> World:
    """A window that knows its directory and has seen the returned woman before."""
    world.hub_publishes()
    world.registers(returned_woman())
    return world
