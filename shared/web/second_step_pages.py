"""``/cuenta/segundo-paso`` at the hub: enrolment with a QR code, recovery codes, taking it away again."""

from datetime import datetime
from io import BytesIO

import segno

from shared.security.entrance import Entrance
from shared.security.second_step import SecondStep
from shared.security.sessions import Notice
from shared.security.visitors import Due
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import Form, filled
from shared.web.pages import DUTIES, Pages
from shared.web.paths import local
from shared.web.sign_in_pages import NO_CODE, CodeSchema, own_account
from shared.web.visit import Goes, Page, Shown, Visit

PATH = DUTIES[Due.ENROL]
REMOVED = said("Su segundo paso se quitó.")
_TRIES = "30/minute"


def second_step_pages(pages: Pages) -> tuple[Page, ...]:
    """All of them; only where the service keeps second steps."""
    step = pages.entrance.second_step
    if step is None:
        return ()
    return (*_enrolment(pages, step), *_afterwards(pages, step))


def _enrolment(pages: Pages, step: SecondStep) -> tuple[Page, ...]:
    entrance, about = pages.entrance, own_account(pages.here.node)

    def shown(visit: Visit) -> Shown:
        return _present(entrance, step, visit, Form(), local(visit.asked.get("next")))

    def confirmed(visit: Visit) -> Shown:
        form, then = filled(CodeSchema(), visit.sent), local(visit.sent.get("next"))
        if form.errors:
            return _present(entrance, step, visit, form, then, 422)
        codes = entrance.confirm_second_step(visit.who, form.made(dict)["code"], visit.browser)
        if codes is None:
            return _present(entrance, step, visit, form.wrong("code", NO_CODE), then, 422)
        return Shown("ui/recovery_codes.html", {"codes": codes, "next": then})

    title, settles = Words("Segundo paso", "Second step"), frozenset({Due.ENROL})
    return (
        Page("GET", PATH, "account.change", shown, title, about=about, settles=settles),
        Page("POST", PATH, "account.change", confirmed, title, about=about, settles=settles, limit=_TRIES),
    )


def _afterwards(pages: Pages, step: SecondStep) -> tuple[Page, ...]:
    entrance, about = pages.entrance, own_account(pages.here.node)

    def renewed(visit: Visit) -> Shown:
        form = _with_code(entrance, visit)
        if form.errors:
            return _present(entrance, step, visit, form, "/", 422)
        with entrance.database.write() as connection:
            codes = step.new_recovery_codes(connection, visit.who.user.username)
        entrance.note(visit.who, "second-step.new-codes")
        return Shown("ui/recovery_codes.html", {"codes": codes, "next": "/cuenta"})

    def removed(visit: Visit) -> Shown | Goes:
        form = _with_code(entrance, visit)
        if form.errors:
            return _present(entrance, step, visit, form, "/", 422)
        with entrance.database.write() as connection:
            step.reset(connection, visit.who.user.username)
        entrance.note(visit.who, "second-step.reset")
        return Goes(PATH, Notice("note", REMOVED))

    return (
        Page(
            "POST", f"{PATH}/codigos", "account.change", renewed, Words("Códigos nuevos", "New codes"), about=about, limit=_TRIES
        ),
        Page(
            "POST", f"{PATH}/quitar", "account.change", removed, Words("Quitar el segundo paso", "Take the second step away"),
            about=about, limit=_TRIES,
        ),
    )


def _with_code(entrance: Entrance, visit: Visit) -> Form:
    form = filled(CodeSchema(), visit.sent)
    if not form.errors and not entrance.knows_code(visit.who, form.made(dict)["code"], visit.browser):
        form = form.wrong("code", NO_CODE)
    return form


def _present(entrance: Entrance, step: SecondStep, visit: Visit, form: Form, then: str, status: int = 200) -> Shown:
    """The page as it stands for this user: enrolment, or what can be done with what is there."""
    username, now = visit.who.user.username, entrance.clock.now()
    with entrance.database.read() as connection:
        is_set, left = step.is_set(connection, username), step.recovery_left(connection, username)
    if is_set:
        return Shown("ui/second_step_set.html", {"form": form, "left": left}, status)
    secret = _secret(entrance, step, username, now)
    values = {"form": form, "secret": secret, "qr": qr(step.address(username, secret)), "next": then, "must": visit.who.due is Due.ENROL}
    return Shown("ui/second_step_new.html", values, status)


def _secret(entrance: Entrance, step: SecondStep, username: str, now: datetime) -> str:
    with entrance.database.write() as connection:
        return step.begin(connection, username, now)


def qr(text: str) -> str:
    """A QR code as inline SVG."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=4, svgclass="qr", lineclass=None, light="#fff"
    )
    return out.getvalue().decode()
