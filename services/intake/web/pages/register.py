"""``/personas/nueva``: one person registered on one page, looked through once more, and sent once.

Each form has an address of its own, under which it is a draft from the first field on: a reload, a closed browser or a
killed service find it again, and so does a colleague.
"""

import re
from dataclasses import replace
from typing import Final

from services.intake.domain.case import Case
from services.intake.queries.outlook import Outlook, outlook
from services.intake.store.work import WindowWork
from services.intake.use_cases.finding import case_or_refuse
from services.intake.web.forms.case_form import Filled
from services.intake.web.forms.case_json import WHOLE, Values, values_of
from services.intake.web.forms.person_form import SECTIONS
from services.intake.web.forms.reading import places_like
from services.intake.web.pages.check import ROWS, answered, beside, kept_out, sights
from services.intake.web.pages.desk import PATH, Desk, digest, sent_values
from shared.contracts.case import details_to_json
from shared.errors import Refused
from shared.ids import new_id
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import Form
from shared.web.limits import SEARCHES
from shared.web.visit import Entry, Goes, Page, Shown, Visit

REGISTER: Final = Entry(
    Words("Registrar", "Register"),
    Words("Una persona, sus necesidades y a quién se refiere.", "A person, their needs and to whom they are referred."),
    PATH,
    "case.register",
)
TITLE: Final = Words("Registrar a una persona", "Register a person")
CHANGED: Final = said("El borrador cambió mientras se revisaba. Revíselo otra vez.")
KEPT: Final = said("El borrador se guardó.")
NEW_VISIT: Final = said("Es una visita nueva de la misma persona. Revise lo que ya se sabía de ella.")
_IDENTITY: Final = ("person.given_name", "person.family_name", "person.birth", "person.document.number")


def register_pages(desk: Desk) -> tuple[Page, ...]:
    """The form, its draft, looking through it, sending."""
    return (*_form_pages(desk), *_check_pages(desk), *_helping_pages(desk))


def form_page(desk: Desk, visit: Visit, filled: Filled, status: int = 200, **more: object) -> Shown:
    """The form as it stands."""
    values = {
        **desk.forms.shown(filled, visit.language), "alike": (), "path": f"{PATH}/{visit.args['draft_id']}",
    }
    return Shown("intake/register.html", values | more, status)


def kept_page(desk: Desk, visit: Visit, values: Values) -> Shown:
    """What a form is told that keeps itself: when, and who is alike where that may have changed."""
    draft_id = visit.args["draft_id"]
    before = desk.kept(visit, draft_id) or {}
    desk.keep(visit, draft_id, values)
    changed = any(values.get(name) != before.get(name) for name in _IDENTITY)
    found = beside(desk.alike(visit, values)) if changed else None
    at = desk.counter.room.clock.now()
    return Shown("intake/kept.html", {"alike": found, "at": at, "path": f"{PATH}/{draft_id}", "form": Form(values)})


def _form_pages(desk: Desk) -> tuple[Page, ...]:
    here = desk.counter.here

    def begun(_visit: Visit) -> Goes:
        return Goes(f"{PATH}/{new_id()}")

    def opened(visit: Visit) -> Shown | Goes:
        draft_id = visit.args["draft_id"]
        already = desk.sent_to(draft_id)
        if already is not None:
            return Goes(already)
        kept = sent_values(visit.typed) if visit.typed is not None else desk.kept(visit, draft_id)
        values = desk.forms.new(visit.language) if kept is None else kept
        return form_page(desk, visit, Filled(Form(values)))

    def looked_through(visit: Visit) -> Shown | Goes:
        draft_id, values = visit.args["draft_id"], sent_values(visit.sent)
        desk.keep(visit, draft_id, values)
        filled = desk.forms.read(values)
        if filled.form.errors:
            return form_page(desk, visit, filled, 422)
        return Goes(f"{PATH}/{draft_id}/revisar")

    def saved(visit: Visit) -> Goes:
        desk.keep(visit, visit.args["draft_id"], sent_values(visit.sent))
        return Goes(f"{PATH}/{visit.args['draft_id']}", Notice("good", KEPT))

    path = f"{PATH}/{{draft_id}}"
    return (
        Page("GET", PATH, REGISTER.act, begun, TITLE, about=here),
        Page("GET", path, REGISTER.act, opened, TITLE, about=here),
        Page("POST", path, REGISTER.act, looked_through, TITLE, about=here),
        Page("POST", f"{path}/guardar", "draft.save", saved, Words("Guardar el borrador", "Keep the draft"), about=here),
    )


def _check_pages(desk: Desk) -> tuple[Page, ...]:
    def checked(visit: Visit) -> Shown | Goes:
        values = desk.kept(visit, visit.args["draft_id"])
        return _elsewhere(desk, visit) if values is None else _looked_at(desk, visit, values)

    def sent(visit: Visit) -> Shown | Goes:
        values = desk.kept(visit, visit.args["draft_id"])
        return _elsewhere(desk, visit) if values is None else _sent(desk, visit, values)

    def done(visit: Visit) -> Shown:
        case = desk.counter.carry_out(visit, lambda work: _registered(work, visit))
        return Shown("intake/registered.html", {"case": case, "group": _list_of(visit)})

    here, path, title = desk.counter.here, f"{PATH}/{{draft_id}}/revisar", Words("Revisar y enviar", "Check and send")
    return (
        Page("GET", path, REGISTER.act, checked, title, about=here),
        Page("POST", path, REGISTER.act, sent, title, about=here),
        Page("GET", "/casos/{case_id}/registrado", "case.read", done, Words("Registrado", "Registered"), about=desk.counter.case),
    )


def _elsewhere(desk: Desk, visit: Visit) -> Goes:
    """Where somebody belongs who looks at a form that is no draft: it was sent, or not begun."""
    draft_id = visit.args["draft_id"]
    return Goes(desk.sent_to(draft_id) or f"{PATH}/{draft_id}")


def _looked_at(desk: Desk, visit: Visit, values: Values) -> Shown:
    filled = desk.forms.read(values)
    if filled.details is None:
        return form_page(desk, visit, filled, 422)
    room = desk.counter.room
    with room.database.read() as connection:
        found = outlook(connection, room.published, filled.details, now=room.clock.now())
    understood = values_of(details_to_json(filled.details), language=visit.language)
    given = {
        **desk.forms.shown(filled, visit.language), "details": filled.details, "path": f"{PATH}/{visit.args['draft_id']}",
        "answered": answered(SECTIONS, values, desk.forms.shown_options(visit.language), understood), "seen": digest(values),
        "alike": beside(desk.alike(visit, values)), "outlook": found,
    }
    return Shown("intake/check.html", given | (_in_words(found, visit.language) if found else {}))


def _in_words(found: Outlook, language: str) -> dict[str, object]:
    return {
        "sights": sights(found, language), "blocked": kept_out(found, language), "unseen": [ROWS[row] for row in found.unseen],
    }


def _sent(desk: Desk, visit: Visit, values: Values) -> Shown | Goes:
    """Send what was looked through; what a colleague changed meanwhile is looked through first."""
    if visit.sent.get("seen") != digest(values):
        return Goes(visit.path, Notice("note", CHANGED))
    filled = desk.forms.read(values)
    if filled.details is None:
        return form_page(desk, visit, filled, 422)
    try:
        return desk.send(visit, values, filled.details)
    except Refused as refusal:
        return form_page(desk, visit, replace(filled, form=filled.form.refused(refusal, WHOLE)), 422)


def _list_of(visit: Visit) -> str | None:
    """The list of the family or group with which this form was begun."""
    for name, path in (("familia", "/familias/nueva"), ("grupo", "/grupos/nuevo")):
        if re.fullmatch("[0-9a-f-]{36}", visit.asked.get(name, "")):
            return f"{path}/{visit.asked[name]}/personas"
    return None


def _registered(work: WindowWork, visit: Visit) -> Case:
    case = case_or_refuse(visit.args["case_id"], work=work)
    work.audit.note(visit.actor, "case.read", "case", case.id, ("code",))
    return case


def _helping_pages(desk: Desk) -> tuple[Page, ...]:
    """What the form asks by itself while it is filled in, and what a button in it does."""
    here = desk.counter.here

    def kept(visit: Visit) -> Shown:
        return kept_page(desk, visit, sent_values(visit.sent))

    def same(visit: Visit) -> Goes:
        draft_id, case_id = visit.args["draft_id"], visit.sent.get("same", "")
        known = desk.person_of(visit, case_id)
        if not known:
            raise Refused("not_found")
        typed = {name: given for name, given in sent_values(visit.sent).items() if name != "same"}
        typed = typed or dict(desk.kept(visit, draft_id) or {})
        desk.keep(visit, draft_id, {**known, **typed, "same_as": [case_id]})
        return Goes(f"{PATH}/{draft_id}", Notice("note", NEW_VISIT))

    def again(visit: Visit) -> Goes:
        draft_id, case_id = new_id(), visit.args["case_id"]
        values = {**desk.forms.new(visit.language), **desk.person_of(visit, case_id), "same_as": [case_id]}
        desk.keep(visit, draft_id, values)
        return Goes(f"{PATH}/{draft_id}", Notice("note", NEW_VISIT))

    def placed(visit: Visit) -> Shown:
        return Shown("intake/places.html", {"found": places_like(visit.sent.get("q", "")[:100])})

    return (
        Page("POST", f"{PATH}/{{draft_id}}/borrador", "draft.save", kept, Words("Guardar", "Keep"), about=here, limit=SEARCHES),
        Page("POST", f"{PATH}/{{draft_id}}/misma", "draft.save", same, Words("Es la misma persona", "The same person"), about=here),
        Page("POST", "/casos/{case_id}/otra-visita", "case.read", again, Words("Otra visita", "Another visit"), about=desk.counter.case),
        Page("POST", "/lugares", "territory.search", placed, Words("Lugares", "Places"), about=here, limit=SEARCHES),
    )
