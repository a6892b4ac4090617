"""Every page of signing in, of one's account and of the users, in each state that it has, one after the other."""

import re
from collections.abc import Iterator

import pyotp
from playwright.sync_api import Page

from tests.drivers.person import PASSWORD
from tests.integration.referrals.world import World

NEW = "cuatro gatos bajo la lluvia"


def signs_in(page: Page, url: str, username: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/entrar")
    page.fill("#f-username", username)
    page.fill("#f-password", password)
    page.click("main button")


def outside(page: Page, url: str) -> Iterator[str]:
    """What everybody sees."""
    for name, path in (("welcome", "/"), ("state", "/estado"), ("sign-in", "/entrar"), ("API", "/api/docs"), ("nothing there", "/nada"),
                       ("sign-out", "/salir")):
        page.goto(url + path)
        yield name
    page.goto(f"{url}/entrar")
    page.click("main button")
    yield "sign-in, empty fields"
    signs_in(page, url, "officer@pddh", "no es esta")
    yield "sign-in, refused"


def account(page: Page, url: str, world: World) -> Iterator[str]:
    """An auditor's, who may do without a second step."""
    signs_in(page, url, "auditor@sv")
    yield "start"
    for name, path in (("account", "/cuenta"), ("no keys", "/cuenta/claves"), ("password", "/cuenta/contrasena"), ("state, inside", "/estado")):
        page.goto(url + path)
        yield name
    page.goto(f"{url}/cuenta/contrasena")
    page.click("main button")
    yield "password, empty fields"
    page.fill("#f-password", PASSWORD)
    page.fill("#f-new_password", "corta")
    page.fill("#f-again", "corta")
    page.click("main button")
    yield "password, too short"
    page.goto(f"{url}/cuenta/claves")
    page.locator("main form").last.locator("button").click()
    yield "key, empty fields"
    page.fill("#f-name", "informe mensual")
    page.locator("main form").last.locator("button").click()
    yield "a new key"
    page.goto(f"{url}/cuenta")
    yield "account, full"
    page.goto(f"{url}/administracion/usuarios")
    yield "not allowed"
    page.goto(f"{url}/cuenta/claves")
    world.clock.forward(minutes=20)
    page.fill("#f-name", "informe anual")
    page.locator("main form").last.locator("button").click()
    yield "the session is over, what was typed is kept"
    page.fill("#f-username", "auditor@sv")
    page.fill("#f-password", PASSWORD)
    page.click("main form button")
    yield "the form again"
    page.goto(f"{url}/salir")
    page.click("main button")
    yield "signed out"


def users(page: Page, url: str, world: World) -> Iterator[str]:
    """An administrator's, from the enrolment of the second step on."""
    signs_in(page, url, "admin@sv")
    yield "enrolment"
    telephone = pyotp.TOTP(re.sub(r"\s", "", page.inner_text(".secret")))
    page.fill("#f-code", "000000")
    page.click("main button")
    yield "enrolment, wrong code"
    page.fill("#f-code", telephone.at(world.clock.at))
    page.click("main button")
    yield "recovery codes"
    page.goto(f"{url}/cuenta/segundo-paso")
    yield "second step, set"
    page.goto(f"{url}/salir")
    page.click("main button")
    signs_in(page, url, "admin@sv")
    yield "second step"
    page.fill("#f-code", "000000")
    page.click("main button")
    yield "second step, wrong code"
    world.clock.forward(seconds=60)
    page.fill("#f-code", telephone.at(world.clock.at))
    page.click("main button")
    for name, path in (("users", "/administracion/usuarios"), ("users, none on this page", "/administracion/usuarios?page=99"),
                       ("new user", "/administracion/usuarios/nuevo")):
        page.goto(url + path)
        yield name
    page.click("main button")
    yield "new user, empty fields"
    page.fill("#f-username", "m.perez@sv")
    page.check("input[value=auditor]")
    page.click("main button")
    yield "first password"
    first = page.inner_text(".secret")
    page.goto(f"{url}/administracion/usuarios")
    page.click("text=officer@rree")
    yield "one user"
    page.click("main form >> nth=-1 >> button")
    yield "a disabled user"
    page.goto(f"{url}/salir")
    page.click("main button")
    signs_in(page, url, "m.perez@sv", first)
    yield "the first password must be changed"
