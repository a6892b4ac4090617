"""``/cuenta``: one's own password, second step, devices, API keys and language."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields, validate

from shared.contracts.fields import ValueSchema
from shared.security.access_tables import AccessTables
from shared.security.identities import Role, Scope, Subject
from shared.security.password_rules import LEAST_ALONE, LEAST_WITH_SECOND_STEP, faults
from shared.security.second_step import NEEDED_BY
from shared.security.sessions import Notice
from shared.security.tokens import NewToken, Tokens
from shared.security.visitors import Due
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import MISSING, NOT_OFFERED, TOO_LONG, Form, again, filled, shown
from shared.web.own_account import OwnAccount
from shared.web.pages import DUTIES, Pages
from shared.web.paths import local
from shared.web.sign_in_pages import own_account
from shared.web.visit import Goes, Page, Shown, Visit

ACCOUNT = "/cuenta"
TOKENS = "/cuenta/claves"
TOKEN_DAYS = (30, 90, 365)
"""For how long a key may be had on this page; longer ones are the administrator's to give, by the command."""

PASSWORD_CHANGED = said("Su contraseña es otra desde ahora. Sus demás sesiones se cerraron.")
WRONG_PASSWORD = said("Esa no es su contraseña actual. Tras varios intentos hay que esperar unos minutos.")
SAME_PASSWORD = said("Elija una contraseña distinta de la actual.")
NOT_AGAIN = said("Las dos veces no son iguales. Escríbalas de nuevo.")
SESSION_CLOSED = said("Esa sesión se cerró.")
ALL_CLOSED = said("Sus demás sesiones se cerraron, en todas partes.")
ALL_CLOSED_HERE = said("Sus demás sesiones en este servicio se cerraron.")
TOKEN_REVOKED = said("Esa clave ya no abre nada.")

_USUAL = shown({"scope": Scope.READ.value, "days": "90"})


@dataclass(frozen=True)
class AccountRoom:
    """What these pages are made with. ``account`` is None where accounts are only read; ``elsewhere`` leads to where not."""

    pages: Pages
    access: AccessTables
    account: OwnAccount | None
    zone: ZoneInfo
    elsewhere: str | None = None


@dataclass(frozen=True)
class NewPassword:
    """The present password, and the new one twice."""

    password: str
    new_password: str
    again: str


class PasswordSchema(ValueSchema):
    """The form of ``/cuenta/contrasena``."""

    makes = NewPassword
    password = fields.String(required=True, error_messages={"required": MISSING})
    new_password = fields.String(required=True, error_messages={"required": MISSING})
    again = fields.String(required=True, error_messages={"required": MISSING})


class ListedSchema(Schema):
    """One row of a list."""

    id = fields.String(required=True, validate=validate.Length(max=64, error=TOO_LONG))


class NewTokenSchema(ValueSchema):
    """The form of a new API key."""

    makes = NewToken
    name = fields.String(required=True, validate=validate.Length(max=60, error=TOO_LONG), error_messages={"required": MISSING})
    scope = fields.Enum(
        Scope, by_value=True, required=True,
        error_messages={"required": said("Elija qué permite la clave."), "unknown": NOT_OFFERED},
    )
    days = fields.Integer(
        required=True, validate=validate.OneOf(TOKEN_DAYS, error=NOT_OFFERED),
        error_messages={"required": said("Elija cuánto tiempo vale."), "invalid": NOT_OFFERED},
    )


def account_pages(room: AccountRoom) -> tuple[Page, ...]:
    """Those that this service can carry out."""
    pages = (_overview(room), *_devices(room))
    return pages if room.account is None else (*pages, *_password(room, room.account), *_tokens(room, room.account))


def _overview(room: AccountRoom) -> Page:
    entrance = room.pages.entrance

    def overview(visit: Visit) -> Shown:
        user, step = visit.who.user, entrance.second_step
        with entrance.database.read() as connection:
            tokens = Tokens(connection, room.access).live(user.username, entrance.clock.now())
            has_step = step is not None and step.is_set(connection, user.username)
            left = step.recovery_left(connection, user.username) if step is not None else 0
        values = {
            "user": user, "devices": entrance.devices(visit.who), "this_device": visit.who.session.id, "tokens": tokens,
            "here": room.account is not None, "elsewhere": room.elsewhere, "asks_step": step is not None, "has_step": has_step,
            "recovery_left": left,
        }
        return Shown("ui/account.html", values)

    return Page("GET", ACCOUNT, "account.read", overview, Words("Su cuenta", "Your account"), about=_own(room))


def _devices(room: AccountRoom) -> tuple[Page, ...]:
    entrance = room.pages.entrance

    def closed(visit: Visit) -> Goes:
        form = filled(ListedSchema(), visit.sent)
        found = not form.errors and entrance.sign_out_listed(visit.who, form.made(dict)["id"])
        return Goes(ACCOUNT, Notice("good", SESSION_CLOSED) if found else None)

    def all_closed(visit: Visit) -> Goes:
        entrance.sign_out_others(visit.who)
        if room.account is None:
            return Goes(ACCOUNT, Notice("good", ALL_CLOSED_HERE))
        room.account.sign_out(visit.actor)
        entrance.goes_on(visit.who)
        return Goes(ACCOUNT, Notice("good", ALL_CLOSED))

    return (
        Page("POST", "/cuenta/sesiones/cerrar", "account.change", closed, Words("Cerrar una sesión", "End a session"), about=_own(room)),
        Page(
            "POST", "/cuenta/sesiones/cerrar-todas", "account.change", all_closed,
            Words("Cerrar las demás sesiones", "End the other sessions"), about=_own(room),
        ),
    )


def _password(room: AccountRoom, account: OwnAccount) -> tuple[Page, ...]:
    entrance = room.pages.entrance

    def asked(visit: Visit) -> Shown:
        return _password_form(room, visit, Form(), local(visit.asked.get("next")))

    def changed(visit: Visit) -> Shown | Goes:
        form, then = _checked(room, visit), local(visit.sent.get("next"))
        if not form.errors and not entrance.knows_password(visit.who, form.made(NewPassword).password, visit.browser):
            form = form.wrong("password", WRONG_PASSWORD)
        if form.errors:
            return _password_form(room, visit, form, then, 422)
        new = form.made(NewPassword).new_password
        account.set_password(visit.actor, entrance.passwords.hashed(new))
        entrance.goes_on(visit.who)
        entrance.has_password(visit.who, new)
        entrance.sign_out_others(visit.who)
        return Goes(then if visit.who.due is Due.PASSWORD else ACCOUNT, Notice("good", PASSWORD_CHANGED))

    title, path, settles = Words("Cambiar la contraseña", "Change the password"), DUTIES[Due.PASSWORD], frozenset({Due.PASSWORD})
    return (
        Page("GET", path, "account.change", asked, title, about=_own(room), settles=settles),
        Page("POST", path, "account.change", changed, title, about=_own(room), settles=settles, limit="30/minute"),
    )


def _checked(room: AccountRoom, visit: Visit) -> Form:
    """The form with all that can be said of it without asking for the present password."""
    form = filled(PasswordSchema(), visit.sent)
    if form.errors:
        return form
    typed = form.made(NewPassword)
    for fault in faults(typed.new_password, username=visit.who.user.username, least=_least(room, visit)):
        form = form.wrong("new_password", fault)
    if not form.errors and typed.new_password == typed.password:
        form = form.wrong("new_password", SAME_PASSWORD)
    return form if typed.again == typed.new_password or form.errors else form.wrong("again", NOT_AGAIN)


def _password_form(room: AccountRoom, visit: Visit, form: Form, then: str, status: int = 200) -> Shown:
    values = {"form": form, "next": then, "least": _least(room, visit), "first": visit.who.due is Due.PASSWORD}
    return Shown("ui/password.html", values, status)


def _least(room: AccountRoom, visit: Visit) -> int:
    """How long a new password must be: shorter where a second step follows it."""
    step, user = room.pages.entrance.second_step, visit.who.user
    if step is None:
        return LEAST_ALONE
    with room.pages.entrance.database.read() as connection:
        follows = step.is_set(connection, user.username) or room.pages.entrance.asks(user)
    return LEAST_WITH_SECOND_STEP if follows and Role(user.role) in NEEDED_BY else LEAST_ALONE


def _tokens(room: AccountRoom, account: OwnAccount) -> tuple[Page, ...]:
    def listed(visit: Visit) -> Shown:
        return _token_list(room, visit, again(visit.typed, _USUAL))

    def issued(visit: Visit) -> Shown:
        form = filled(NewTokenSchema(), visit.sent)
        if form.errors:
            return _token_list(room, visit, form, status=422)
        token = account.issue_token(visit.actor, form.made(NewToken))
        return _token_list(room, visit, _USUAL, token)

    def revoked(visit: Visit) -> Goes:
        form = filled(ListedSchema(), visit.sent)
        if form.errors:
            return Goes(TOKENS)
        account.revoke_token(visit.actor, form.made(dict)["id"])
        return Goes(TOKENS, Notice("good", TOKEN_REVOKED))

    title, about = Words("Claves de API", "API keys"), _own(room)
    return (
        Page("GET", TOKENS, "account.read", listed, title, about=about),
        Page("POST", TOKENS, "account.change", issued, title, about=about),
        Page("POST", "/cuenta/claves/revocar", "account.change", revoked, Words("Anular una clave", "Revoke a key"), about=about),
    )


def _token_list(room: AccountRoom, visit: Visit, form: Form, token: str = "", *, status: int = 200) -> Shown:
    entrance = room.pages.entrance
    with entrance.database.read() as connection:
        tokens = Tokens(connection, room.access).live(visit.who.user.username, entrance.clock.now())
    return Shown("ui/tokens.html", {"form": form, "tokens": tokens, "token": token, "days": TOKEN_DAYS}, status)


def _own(room: AccountRoom) -> Callable[[Visit], Subject]:
    return own_account(room.pages.here.node)
