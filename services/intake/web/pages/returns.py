"""``/casos/{id}/retorno``: voluntary return, a step at a time: guidance, declaration, for a child its best interests."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.intake.domain.return_papers import asked_for, decided, declared, guided
from services.intake.queries.return_sheet import return_steps
from services.intake.store.declaration import declaration
from services.intake.store.work import WindowWork
from services.intake.use_cases.change_case import ChangeCase, change_case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.web.api.v1.returns import sheet_of
from services.intake.web.forms.kinds import day
from services.intake.web.forms.reading import day_text
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.guidance import text_in
from shared.errors import Refused
from shared.routing.case import BestInterests, CaseDetails
from shared.security.sessions import Notice
from shared.texts import said
from shared.vocabulary.codes import ConsentMethod, GuidanceTopic
from shared.vocabulary.labels import labels
from shared.web.call import Words
from shared.web.forms import MISSING, NOT_OFFERED, TOO_LONG, Form, filled, shown
from shared.web.languages import LANGUAGES
from shared.web.visit import Goes, Page, Shown, Visit

PATH = "/casos/{case_id}/retorno"
ADDED = said("El caso pide ahora el retorno voluntario.")
GUIDED = said("Quedó anotado que se leyó la orientación.")
DECLARED = said("La declaración de voluntariedad quedó anotada.")
DECIDED = said("La determinación del interés superior quedó anotada.")
NOT_YET = said("Todavía faltan pasos antes de solicitar el retorno.")
CLOSED = said("El caso está cerrado: ya no se cambia.")
FIELDS = {
    "voluntary_return.declared_on": "declared_on", "best_interests.on": "decided_on", "best_interests": "decided_by",
}
"""Where the page shows what is wrong with a field of the case."""

Step = Callable[[CaseDetails], CaseDetails]


class DeclarationSchema(Schema):
    """When and how the person declared."""

    declared_on = day()
    method = fields.Enum(
        ConsentMethod, by_value=True, required=True, error_messages={"required": NOT_OFFERED, "unknown": NOT_OFFERED}
    )


class DecisionSchema(Schema):
    """Who decided what is best for the child, when, under which number."""

    decided_by = fields.String(required=True, validate=validate.Length(max=200, error=TOO_LONG), error_messages={"required": MISSING})
    decided_on = day()
    reference = fields.String(required=True, validate=validate.Length(max=200, error=TOO_LONG), error_messages={"required": MISSING})

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> BestInterests:
        return BestInterests(data["decided_by"], data["decided_on"], data["reference"])


def return_pages(counter: Counter) -> tuple[Page, ...]:
    """The steps, and the sheet to which they lead."""
    return (*_steps(counter), *_forms(counter), _sheet(counter))


def _steps(counter: Counter) -> tuple[Page, ...]:
    def seen(visit: Visit) -> Shown:
        return _page(counter, visit)

    def simple(name: str, step: Callable[[date], Step], text: str, title: Words) -> Page:
        def done(visit: Visit) -> Shown | Goes:
            return _taken(counter, visit, Form(), step(counter.room.today()), text)

        return Page("POST", f"{PATH}/{name}", "case.change", done, title, about=counter.case)

    title = Words("Retorno voluntario", "Voluntary return")
    return (
        Page("GET", PATH, "case.return-sheet", seen, title, about=counter.case),
        simple("necesidad", lambda _today: asked_for, ADDED, Words("Pedir el retorno", "Ask for the return")),
        simple(
            "orientacion", lambda today: lambda details: guided(details, today), GUIDED,
            Words("Orientación leída", "Guidance read"),
        ),
    )


def _forms(counter: Counter) -> tuple[Page, ...]:
    def has_declared(visit: Visit) -> Shown | Goes:
        form = filled(DeclarationSchema(), visit.sent)
        if form.errors:
            return _page(counter, visit, form, 422)
        told = form.made(dict)
        return _taken(
            counter, visit, form, lambda details: declared(details, told["declared_on"], told["method"]), DECLARED
        )

    def was_decided(visit: Visit) -> Shown | Goes:
        form = filled(DecisionSchema(), visit.sent)
        if form.errors:
            return _page(counter, visit, form, 422)
        decision = form.made(BestInterests)
        return _taken(counter, visit, form, lambda details: decided(details, decision), DECIDED)

    return (
        Page("POST", f"{PATH}/declaracion", "case.change", has_declared, Words("Declaración", "Declaration"), about=counter.case),
        Page("POST", f"{PATH}/interes-superior", "case.change", was_decided, Words("Interés superior", "Best interests"), about=counter.case),
    )


def _sheet(counter: Counter) -> Page:
    def printed(visit: Visit) -> Shown | Goes:
        wanted, case_id = visit.asked.get("idioma"), visit.args["case_id"]
        spoken = wanted if wanted in LANGUAGES else visit.language
        try:
            sheet = counter.carry_out(visit, lambda work: sheet_of(work, counter.room, visit.actor, case_id))
        except Refused:
            return Goes(_address(visit), Notice("bad", NOT_YET))
        values = {"sheet": sheet, "spoken": spoken, "path": visit.path, "back": _address(visit), "sentences": declaration().told(spoken)}
        return Shown("intake/return_sheet.html", values)

    title = Words("Hoja de solicitud", "Application sheet")
    return Page("GET", f"{PATH}/hoja", "case.return-sheet", printed, title, about=counter.case)


def _taken(counter: Counter, visit: Visit, form: Form, step: Step, text: str) -> Shown | Goes:
    """One step, taken on the case as it stands: what others changed meanwhile stays."""
    request, now = ChangeCase(visit.args["case_id"], None, step), counter.room.clock.now()
    try:
        counter.carry_out(visit, lambda work: change_case(request, by=visit.actor, work=work, now=now))
    except Refused as refusal:
        return _page(counter, visit, _refused(form, refusal), 422)
    return Goes(_address(visit), Notice("good", text))


def _refused(form: Form, refusal: Refused) -> Form:
    errors = refusal.fields or {"case": [CLOSED]}
    return replace(form, errors={FIELDS.get(name, name): texts for name, texts in errors.items()})


def _page(counter: Counter, visit: Visit, form: Form | None = None, status: int = 200) -> Shown:
    def read(work: WindowWork) -> dict[str, object]:
        case = case_or_refuse(visit.args["case_id"], work=work)
        work.audit.note(visit.actor, "case.read", "case", case.id, ("voluntary_return", "best_interests"))
        language = next(iter(case.details.person.languages), "es").partition("-")[0]
        return {"code": case.code, "steps": return_steps(case.details), "text": text_in(GuidanceTopic.VOLUNTARY_RETURN, language, "es")}

    seen = counter.carry_out(visit, read)
    wanted = declaration()
    values = {
        "form": form or shown({"declared_on": day_text(counter.room.today())}),
        "path": _address(visit),
        "case_path": _address(visit).removesuffix("/retorno"),
        "methods": list(labels("consent_method", visit.language).items()),
        "declaration": wanted,
    }
    return Shown("intake/return.html", {**seen, **values}, status)


def _address(visit: Visit) -> str:
    return PATH.replace("{case_id}", visit.args["case_id"])
