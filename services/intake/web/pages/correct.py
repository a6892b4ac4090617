"""``/casos/…/corregir``: the form of a case that stands, with what it says now."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import orjson

from services.intake.domain.case import Case
from services.intake.store.work import WindowWork
from services.intake.use_cases.change_case import ChangeCase, change_case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.web.forms.case_form import Filled, at_fields
from services.intake.web.forms.case_json import WHOLE, Told, Values, told_by, values_of
from services.intake.web.forms.correction import Difference, corrected, differing, merged
from services.intake.web.forms.fields import CHOSEN
from services.intake.web.forms.person_form import CORRECTED
from services.intake.web.pages.desk import Desk, sent_values, values_in
from shared.contracts.case import CaseDetailsSchema, details_to_json
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.bodies import load
from shared.web.call import Words
from shared.web.forms import Form
from shared.web.visit import Goes, Page, Shown, Visit

TITLE: Final = Words("Corregir el caso", "Correct the case")
DONE: Final = said("El caso se corrigió y la versión nueva sale hacia la central.")
_OURS: Final = ("version", "was")
"""Beside the questions: the version that was read, and what stood in the form then."""


def correct_pages(desk: Desk) -> tuple[Page, ...]:
    """A correction is a new version, routed again; a consent is not changed here."""

    def opened(visit: Visit) -> Shown:
        case = desk.counter.carry_out(visit, lambda work: _read(work, visit))
        standing = _standing(case, visit.language)
        values = standing if visit.typed is None else _typed(sent_values(visit.typed))
        return _page(desk, visit, case, Filled(Form(values)), standing)

    def saved(visit: Visit) -> Shown | Goes:
        values = sent_values(visit.sent)
        told, changed = told_by(_typed(values), desk.forms.reader, CORRECTED), differing(_was(values), _typed(values))
        try:
            if told.errors:
                raise Refused("invalid", fields=told.errors)
            request = ChangeCase(visit.args["case_id"], _version(values), lambda details: _corrected(details, told, changed))
            now = desk.counter.room.clock.now()
            desk.counter.carry_out(visit, lambda work: change_case(request, by=visit.actor, work=work, now=now))
        except Refused as refusal:
            return _refused(desk, visit, values, told, refusal)
        return Goes(f"/casos/{visit.args['case_id']}", Notice("good", DONE))

    path = "/casos/{case_id}/corregir"
    return (
        Page("GET", path, "case.change", opened, TITLE, about=desk.counter.case),
        Page("POST", path, "case.change", saved, TITLE, about=desk.counter.case),
    )


def _refused(desk: Desk, visit: Visit, values: Values, told: Told, refusal: Refused) -> Shown:
    """The form again with everything that was typed; after somebody else's change, merged with it."""
    case = desk.counter.carry_out(visit, lambda work: _read(work, visit))
    standing, typed = _standing(case, visit.language), _typed(values)
    if refusal.code == "stale":
        joined = merged(_was(values), typed, standing)
        return _page(desk, visit, case, Filled(Form(joined.values)), standing, joined.differences)
    errors = at_fields(told, refusal.fields) if refusal.fields else {WHOLE: [refusal.text(visit.language)]}
    filled = Filled(Form(typed, errors), choices=told.choices)
    return _page(desk, visit, case, filled, _was(values), version=_version(values))


def _page(
    desk: Desk, visit: Visit, case: Case, filled: Filled, was: Values,
    differences: Sequence[Difference] = (), version: int | None = None,
) -> Shown:
    shown = desk.forms.shown(filled, visit.language, CORRECTED)
    options: Any = shown["options"]
    rows = [
        (one, _words(one.theirs, one, options), _words(one.ours, one, options)) for one in differences
    ]
    given = {
        "case": case, "unfold": True, "version": version or case.version, "was": orjson.dumps({"values": dict(was)}).decode(),
        "differences": rows, "path": f"/casos/{case.id}/corregir",
    }
    return Shown("intake/correct.html", shown | given, 422 if differences or filled.form.errors else 200)


def _words(given: Sequence[str], one: Difference, options: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    known = dict(options[one.field.name]) if one.field.kind in CHOSEN else {}
    return ", ".join(known.get(code, code) for code in given)


def _read(work: WindowWork, visit: Visit) -> Case:
    case = case_or_refuse(visit.args["case_id"], work=work)
    work.audit.note(visit.actor, "case.read", "case", case.id, ("person", "needs", "notes"))
    return case


def _standing(case: Case, language: str) -> Values:
    return values_of(details_to_json(case.details), language=language)


def _typed(values: Values) -> Values:
    return {name: given for name, given in values.items() if name not in _OURS}


def _version(values: Values) -> int:
    """The version that was read; none at all is older than every one."""
    text = next(iter(values.get("version", ())), "")
    return int(text) if text.isdigit() else 0


def _was(values: Values) -> Values:
    try:
        read = orjson.loads(next(iter(values.get("was", ())), "{}"))
    except orjson.JSONDecodeError:
        return {}
    return values_in(read) if isinstance(read, Mapping) else {}


def _corrected(details: CaseDetails, told: Told, changed: Collection[str]) -> CaseDetails:
    """The details as they would be; the rules are asked by the act itself."""
    loaded, faults = load(CaseDetailsSchema(), corrected(details_to_json(details), told, changed))
    if not isinstance(loaded, CaseDetails):
        raise Refused("invalid", fields=faults)
    return loaded
