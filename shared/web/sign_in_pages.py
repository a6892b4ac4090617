"""``/entrar``, its second step, ``/salir`` and the switch of languages: on every service."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields, validate

from shared.contracts.fields import ValueSchema
from shared.security.entrance import Entrance
from shared.security.identities import Subject
from shared.security.presence import NotOpenedYet
from shared.security.sessions import Notice
from shared.security.visitors import Due, Entered
from shared.texts import said
from shared.web.call import EVERYONE, Words
from shared.web.carrying import Carried, to_bytes, unpack
from shared.web.forms import MISSING, NOT_OFFERED, TOO_LONG, Form, filled
from shared.web.languages import LANGUAGES
from shared.web.own_account import OwnAccount
from shared.web.pages import DUTIES, SIGN_IN, Pages
from shared.web.paths import local, with_next
from shared.web.times import spelled
from shared.web.visit import Goes, Page, Shown, Visit

TRIES = "30/minute"
"""Sign-ins from one address: forty people who begin at eight o'clock need two minutes; a machine gets nowhere."""
CARRYING = 256 * 1024
"""Bytes of a sign-in that carries a form which was typed before it."""

NO_ENTRY = said("No pudimos abrir la sesión con esos datos. Revíselos; tras varios intentos hay que esperar unos minutos.")
NO_CODE = said("Ese código no vale, o ya se usó. Espere el siguiente; tras varios intentos hay que esperar unos minutos.")
NOT_OPENED = said(
    "Su contraseña todavía no abre las llaves de esta ventanilla. Que entre primero una colega; o escriba aquí la contraseña "
    "anterior, o el código que le dio la coordinación."
)
UNSEEN = said(
    "Intentos fallidos con su usuario desde su última entrada: %(count)s; el último: %(when)s. "
    "Si no fue usted, cambie su contraseña."
)
KEPT = said("Lo que había escrito sigue aquí. Revíselo y envíelo otra vez.")


@dataclass(frozen=True)
class Credentials:
    """A name and a password as they were typed; ``code`` opens locked keys where the password does not yet."""

    username: str
    password: str
    code: str = ""


class SignInSchema(ValueSchema):
    """The form of ``/entrar``."""

    makes = Credentials
    username = fields.String(required=True, validate=validate.Length(max=100, error=TOO_LONG), error_messages={"required": MISSING})
    password = fields.String(required=True, error_messages={"required": MISSING})
    code = fields.String()


class CodeSchema(Schema):
    """One code."""

    code = fields.String(required=True, validate=validate.Length(max=40, error=TOO_LONG), error_messages={"required": MISSING})


class LanguageSchema(Schema):
    """The switch."""

    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES, error=NOT_OFFERED))


def sign_in_pages(pages: Pages, account: OwnAccount | None, zone: ZoneInfo) -> tuple[Page, ...]:
    """All of them."""
    return (*_first_step(pages, account, zone), *_second_step(pages, zone), *_leaving(pages), _language(pages, account))


def own_account(node: str) -> Callable[[Visit], Subject]:
    """What the pages of one's own account are about."""
    return lambda visit: Subject("account", node, owner=visit.who.user.username)


def _first_step(pages: Pages, account: OwnAccount | None, zone: ZoneInfo) -> tuple[Page, ...]:
    entrance = pages.entrance

    def shown(visit: Visit) -> Shown | Goes:
        then = local(visit.asked.get("next"))
        if visit.visitor is not None:
            return Goes(then if visit.visitor.due is None else DUTIES[visit.visitor.due])
        return _form(Form(), then, "", visit.asked.get("motivo", ""))

    def sent(visit: Visit) -> Shown | Goes:
        form, then, carried = filled(SignInSchema(), visit.sent), local(visit.sent.get("next")), visit.sent.get("carried", "")
        if form.errors:
            return _form(form, then, carried, status=422)
        typed = form.made(Credentials)
        username = typed.username.lower()
        browser = replace(visit.browser, known=visit.browser.known or secrets.token_urlsafe(16))
        old = visit.visitor.secret if visit.visitor is not None else None
        try:
            entered = entrance.sign_in(username, typed.password, browser, old, code=typed.code)
        except NotOpenedYet as refused:
            return _form(form.wrong("code", NOT_OPENED), then, carried, status=refused.status)
        if entered is None:
            return _form(form.wrong("entry", NO_ENTRY), then, carried, status=422)
        if entered.outdated and account is not None:
            _hash_anew(pages.entrance, account, entered, typed.password)
        kept = unpack(carried, entrance.secrets, username=username, now=entrance.clock.now()) if carried else None
        return _enter(pages, visit, entered, then, browser.known or "", zone, kept)

    title = Words("Entrar", "Sign in")
    return (
        Page("GET", SIGN_IN, EVERYONE, shown, title),
        Page("POST", SIGN_IN, EVERYONE, sent, title, limit=TRIES, largest=CARRYING),
    )


def _hash_anew(entrance: Entrance, account: OwnAccount, entered: Entered, password: str) -> None:
    """Keep the same password under today's settings; the session that was just opened goes on."""
    visitor = entrance.visitor(entered.secret)
    if visitor is not None:
        account.set_password(visitor.actor, entrance.passwords.hashed(password))
        entrance.goes_on(visitor)


def _form(form: Form, then: str, carried: str, reason: str = "", *, status: int = 200) -> Shown:
    return Shown("ui/sign_in.html", {"form": form, "next": then, "carried": carried, "reason": reason}, status)


def _enter(
    pages: Pages, visit: Visit, entered: Entered, then: str, browser: str, zone: ZoneInfo, kept: Carried | None = None
) -> Goes:
    """Give the browser its session, tell what was tried in vain, and go to what is due, or on."""
    entrance = pages.entrance
    if entered.unseen.count and entered.unseen.last_at is not None:
        when = spelled(entered.unseen.last_at, zone, visit.language)
        entrance.tell(entered.secret, Notice("note", UNSEEN, {"count": str(entered.unseen.count), "when": when}))
    if kept is not None:
        entrance.carry(entered.secret, kept.path, to_bytes(kept.fields))
        entrance.tell(entered.secret, Notice("note", KEPT))
    cookies = (pages.cookies.session(entered.secret), pages.cookies.known(browser), pages.cookies.language(entered.user.language))
    to = then if entered.due is None else with_next(DUTIES[entered.due], then)
    return Goes(to, cookies=cookies)


def _second_step(pages: Pages, zone: ZoneInfo) -> tuple[Page, ...]:
    path, about = DUTIES[Due.SECOND_STEP], own_account(pages.here.node)

    def shown(visit: Visit) -> Shown | Goes:
        then = local(visit.asked.get("next"))
        return Goes(then) if visit.who.due is not Due.SECOND_STEP else _step(Form(), then)

    def sent(visit: Visit) -> Shown | Goes:
        form, then = filled(CodeSchema(), visit.sent), local(visit.sent.get("next"))
        if visit.who.due is not Due.SECOND_STEP:
            return Goes(then)
        if form.errors:
            return _step(form, then, 422)
        browser = replace(visit.browser, known=visit.browser.known or secrets.token_urlsafe(16))
        entered = pages.entrance.pass_second_step(visit.who, form.made(dict)["code"], browser)
        if entered is None:
            return _step(form.wrong("code", NO_CODE), then, 422)
        return _enter(pages, visit, entered, then, browser.known or "", zone)

    title, settles = Words("Segundo paso", "Second step"), frozenset({Due.SECOND_STEP})
    return (
        Page("GET", path, "account.read", shown, title, about=about, settles=settles),
        Page("POST", path, "account.read", sent, title, about=about, settles=settles, limit=TRIES),
    )


def _step(form: Form, then: str, status: int = 200) -> Shown:
    return Shown("ui/second_step.html", {"form": form, "next": then}, status)


def _leaving(pages: Pages) -> tuple[Page, ...]:
    def asked(_visit: Visit) -> Shown:
        return Shown("ui/sign_out.html")

    def left(visit: Visit) -> Goes:
        pages.entrance.sign_out(visit.visitor.secret if visit.visitor is not None else None)
        return Goes(f"{SIGN_IN}?motivo=salida", cookies=(pages.cookies.signed_out(),))

    title = Words("Salir", "Sign out")
    return (Page("GET", "/salir", EVERYONE, asked, title), Page("POST", "/salir", EVERYONE, left, title))


def _language(pages: Pages, account: OwnAccount | None) -> Page:
    def chosen(visit: Visit) -> Goes:
        form, back = filled(LanguageSchema(), visit.sent), local(visit.sent.get("next"))
        if form.errors:
            return Goes(back)
        language = str(form.made(dict)["language"])
        if account is not None and visit.visitor is not None and visit.visitor.is_in:
            account.set_language(visit.visitor.actor, language)
        return Goes(_without_language(back), cookies=(pages.cookies.language(language),))

    return Page("POST", "/idioma", EVERYONE, chosen, Words("Idioma", "Language"))


def _without_language(path: str) -> str:
    """The address without the ``lang`` of a link, which would win over what was chosen."""
    kept, _, query = path.partition("?")
    rest = "&".join(part for part in query.split("&") if part and not part.startswith("lang="))
    return f"{kept}?{rest}" if rest else kept
