"""``/administracion/usuarios``: who may sign in at this country's hub, its windows and its notifications."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.referrals.store.work import HubWork
from services.referrals.use_cases import change_access
from services.referrals.use_cases.change_access import NewUser
from services.referrals.web.api.v1.room import Room
from shared.contracts.access import UserAccess
from shared.errors import Refused
from shared.persistence.perform import perform
from shared.security.identities import Role, Subject
from shared.security.page_secrets import PageSecrets
from shared.security.passwords import Passwords
from shared.security.sessions import Notice
from shared.security.users import Users
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import MISSING, NOT_OFFERED, TOO_LONG, Form, again, filled, shown
from shared.web.languages import LANGUAGES
from shared.web.paging import Page as Part
from shared.web.roles import ROLE_NAMES
from shared.web.visit import Entry, Goes, Page, Shown, Visit

PATH = "/administracion/usuarios"
USERS = Entry(
    Words("Usuarios", "Users"),
    Words("Quién entra, con qué función y en qué lugar.", "Who signs in, with which role and where."),
    PATH,
    "user.list",
)
FIRST_PASSWORD_BYTES = 12
"""Sixteen characters, read aloud or from paper once."""

DISABLED = said("Esa persona ya no puede entrar, en ningún lugar.")
ENABLED = said("Esa persona puede entrar otra vez.")
CHANGED = said("Los cambios se guardaron.")
STEP_RESET = said("Su segundo paso se quitó: lo activará de nuevo la próxima vez que entre.")
SIGNED_OUT = said("Sus sesiones se cerraron en todas partes.")
BAD_NAME = said("Use letras minúsculas, números, punto, guion o arroba, sin espacios.")
BAD_MAIL = said("Escriba un correo como nombre@institucion.gob.sv.")
NO_ROLE = said("Elija una función.")


@dataclass(frozen=True)
class UserRoom:
    """What these pages are made with."""

    room: Room
    passwords: Passwords
    page_secrets: PageSecrets

    def here(self, _visit: Visit) -> Subject:
        """The hub, to which users belong."""
        return self.room.here

    def subject(self, visit: Visit) -> Subject | None:
        """The user whom the address names."""
        return None if self.named(visit) is None else Subject("user", self.room.country.node)

    def address(self, username: str) -> str:
        """Where the page of a user is: a name may be a person's, and stands in no address."""
        return f"{PATH}/{self.page_secrets.tag('user', username)[:24]}"

    def named(self, visit: Visit) -> UserAccess | None:
        """The user whom the address names; None for nobody."""
        wanted = f"{PATH}/{visit.args['user']}"
        return next((user for user in self.everyone() if self.address(user.username) == wanted), None)

    def existing(self, visit: Visit) -> UserAccess:
        """The same; ``not_found`` for nobody."""
        user = self.named(visit)
        if user is None:
            raise Refused("not_found")
        return user

    def everyone(self) -> list[UserAccess]:
        """All users by name."""
        with self.room.database.read() as connection:
            return Users(connection, self.room.tables.access).everyone()


class PlaceSchema(Schema):
    """What may be changed of a user: role, place, e-mail, language."""

    role = fields.Enum(Role, by_value=True, required=True, error_messages={"required": NO_ROLE, "unknown": NO_ROLE})
    window = fields.String(validate=validate.Length(max=60, error=NOT_OFFERED))
    institution = fields.String(validate=validate.Length(max=60, error=NOT_OFFERED))
    email = fields.Email(validate=validate.Length(max=200, error=TOO_LONG), error_messages={"invalid": BAD_MAIL})
    language = fields.String(load_default="es", validate=validate.OneOf(LANGUAGES, error=NOT_OFFERED))

    @post_load
    def _plain(self, data: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
        absent = dict.fromkeys(("window", "institution", "email"))
        return {**absent, **data, "role": data["role"].value}


class NewUserSchema(PlaceSchema):
    """The same, with the name that never changes."""

    username = fields.String(
        required=True, validate=validate.Regexp(r"[a-z0-9@._-]{3,100}\Z", error=BAD_NAME), error_messages={"required": MISSING}
    )


def user_pages(users: UserRoom) -> tuple[Page, ...]:
    """The list, adding, and one user with what may be done to them."""
    return (_list(users), *_adding(users), *_one(users), *_acts(users))


def _list(users: UserRoom) -> Page:
    def shown_list(visit: Visit) -> Shown:
        everyone = users.everyone()
        page = Part.named(visit.asked.get("page", ""))
        part = everyone[page.offset : page.offset + page.size]
        rows = [(user, users.address(user.username)) for user in part]
        return Shown("referrals/users.html", {"rows": rows, "page": page, "total": len(everyone)})

    return Page("GET", PATH, "user.list", shown_list, USERS.label, about=users.here)


def _adding(users: UserRoom) -> tuple[Page, ...]:
    def asked(visit: Visit) -> Shown:
        return _form(users, visit, "referrals/user_new.html", again(visit.typed, shown({"language": "es"})))

    def added(visit: Visit) -> Shown:
        form = filled(NewUserSchema(), visit.sent)
        if form.errors:
            return _form(users, visit, "referrals/user_new.html", form, 422)
        password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
        user = UserAccess(
            node=users.room.country.node, version=1, password_hash=users.passwords.hashed(password), must_change=True,
            **form.made(dict),
        )
        try:
            _carry_out(users, visit, lambda work: change_access.add_user(NewUser(user), by=visit.actor, work=work))
        except Refused as refusal:
            return _form(users, visit, "referrals/user_new.html", form.refused(refusal, "username"), 422)
        return Shown("referrals/first_password.html", {"user": user, "password": password, "path": PATH})

    path, title = f"{PATH}/nuevo", Words("Usuario nuevo", "New user")
    return (
        Page("GET", path, "user.change", asked, title, about=users.here),
        Page("POST", path, "user.change", added, title, about=users.here),
    )


def _one(users: UserRoom) -> tuple[Page, ...]:
    def seen(visit: Visit) -> Shown:
        user = users.existing(visit)
        form = again(visit.typed, shown(_values(user)))
        return _form(users, visit, "referrals/user.html", form, user=user)

    def changed(visit: Visit) -> Shown | Goes:
        user, form = users.existing(visit), filled(PlaceSchema(), visit.sent)
        if form.errors:
            return _form(users, visit, "referrals/user.html", form, 422, user)
        moved = replace(user, **form.made(dict))
        try:
            _carry_out(users, visit, lambda work: change_access.move_user(moved, by=visit.actor, work=work))
        except Refused as refusal:
            return _form(users, visit, "referrals/user.html", form.refused(refusal, "role"), 422, user)
        return Goes(visit.path, Notice("good", CHANGED))

    path, title = f"{PATH}/{{user}}", Words("Un usuario", "One user")
    return (
        Page("GET", path, "user.change", seen, title, about=users.subject),
        Page("POST", path, "user.change", changed, title, about=users.subject),
    )


def _acts(users: UserRoom) -> tuple[Page, ...]:
    """What is done to one user by a button."""

    def simple(name: str, act: Callable[[str, Visit, HubWork], object], text: str, title: Words) -> Page:
        def done(visit: Visit) -> Shown | Goes:
            user = users.existing(visit)
            try:
                _carry_out(users, visit, lambda work: act(user.username, visit, work))
            except Refused as refusal:
                return _form(users, visit, "referrals/user.html", shown(_values(user)).refused(refusal, "role"), 422, user)
            return Goes(users.address(user.username), Notice("good", text))

        return Page("POST", f"{PATH}/{{user}}/{name}", "user.change", done, title, about=users.subject)

    def reset(visit: Visit) -> Shown:
        user, password = users.existing(visit), secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
        hashed = users.passwords.hashed(password)
        _carry_out(
            users, visit, lambda work: change_access.set_first_password(user.username, hashed, by=visit.actor, work=work)
        )
        return Shown(
            "referrals/first_password.html", {"user": user, "password": password, "path": users.address(user.username)}
        )

    return (
        simple("deshabilitar", lambda name, visit, work: change_access.disable_user(name, by=visit.actor, work=work), DISABLED,
               Words("Deshabilitar", "Disable")),
        simple("habilitar", lambda name, visit, work: change_access.enable_user(name, by=visit.actor, work=work), ENABLED,
               Words("Habilitar", "Enable")),
        simple("segundo-paso", lambda name, visit, work: change_access.reset_second_step(name, by=visit.actor, work=work),
               STEP_RESET, Words("Quitar su segundo paso", "Take their second step away")),
        simple("sesiones", lambda name, visit, work: change_access.sign_out_everywhere(name, by=visit.actor, work=work),
               SIGNED_OUT, Words("Cerrar sus sesiones", "End their sessions")),
        Page("POST", f"{PATH}/{{user}}/contrasena", "user.change", reset, Words("Contraseña nueva", "New password"),
             about=users.subject),
    )


def _carry_out(users: UserRoom, visit: Visit, act: Callable[[HubWork], object]) -> None:
    perform(act, works=users.room.works, by=visit.actor, may="user.change", about=lambda _work: users.room.here)


def _values(user: UserAccess) -> dict[str, str | None]:
    return {
        "role": user.role, "window": user.window, "institution": user.institution, "email": user.email, "language": user.language,
    }


def _form(users: UserRoom, visit: Visit, template: str, form: Form, status: int = 200, user: UserAccess | None = None) -> Shown:
    country = users.room.country
    return Shown(
        template,
        {
            "form": form,
            "user": user,
            "path": users.address(user.username) if user is not None else PATH,
            "role_options": [(role.value, words.text(visit.language)) for role, words in ROLE_NAMES.items()],
            "windows": [(place.id, place.name) for place in country.windows],
            "institutions": [(one.id, f"{one.es} ({one.id})") for one in country.directory.own()],
        },
        status,
    )

