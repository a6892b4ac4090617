"""``/familias/nueva`` and ``/grupos/nuevo``: what is the same for all is written once, each person in a row of their own.

Every row is a draft of its own from its first letter on; each person then gets their own form, screening and consent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.intake.web.forms.case_form import Filled
from services.intake.web.forms.case_json import Values, told_by
from services.intake.web.forms.fields import Field, Section
from services.intake.web.forms.person_form import FIELDS
from services.intake.web.pages.desk import PATH as FORM
from services.intake.web.pages.desk import Desk, sent_values
from shared.errors import Refused
from shared.ids import new_id
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.forms import Form
from shared.web.limits import SEARCHES
from shared.web.visit import Goes, Page, Shown, Visit

NOBODY: Final = said("Escriba al menos a una persona.")
ROWS_KEPT: Final = said("Cada fila se guardó como borrador.")
ROW: Final = tuple(FIELDS[name] for name in ("person.given_name", "person.family_name", "person.sex", "person.birth"))
MOST_ROWS: Final = 80
"""A full bus."""
SPARE: Final = 3
"""Empty rows that stand below the last one filled in."""
_OWN: Final = "consent.status"
"""What a draft has once somebody worked on it alone: from then on the common part writes nothing into it."""


@dataclass(frozen=True)
class Several:
    """One way of registering several: ``shared`` fields, ``rows`` in sight at first, whether they are one family."""

    path: str
    title: Words
    lead: str
    shared: Section
    rows: int
    family: bool


def _fields(*names: str) -> tuple[Field, ...]:
    return tuple(FIELDS[name] for name in names)


FAMILY: Final = Several(
    "/familias/nueva",
    Words("Registrar a una familia", "Register a family"),
    said("El lugar y el viaje se escriben una vez. Cada persona tiene su propio caso, sus preguntas y su consentimiento."),
    Section(
        "familia", said("De toda la familia"),
        _fields("situation", "person.nationality", "person.origin", "person.residence", "return.country", "return.date", "entry_date"),
    ),
    4,
    family=True,
)
GROUP: Final = Several(
    "/grupos/nuevo",
    Words("Registrar a un grupo", "Register a group"),
    said("Lo común se escribe una vez, como de un bus o un vuelo. Cada fila se guarda sola y se completa después."),
    Section("grupo", said("De todo el grupo"), _fields("situation", "person.nationality", "return.country", "return.date", "occurred_on", "needs")),
    10,
    family=False,
)


@dataclass(frozen=True)
class Line:
    """One row as it stands; ``sent`` is where its case is once it was registered."""

    number: int
    draft_id: str
    values: Values = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sent: str | None = None

    @property
    def name(self) -> str:
        """Of whom it is."""
        return " ".join(word for one in ROW[:2] for word in self.values.get(one.name, ()))

    def form(self) -> Form:
        """The row's fields under the names that they have on the page."""
        return Form(
            {f"{self.number}.{name}": given for name, given in self.values.items()},
            {f"{self.number}.{name}": texts for name, texts in self.errors.items()},
        )


def several_pages(desk: Desk) -> tuple[Page, ...]:
    """Both ways, the same pages."""
    return (*_pages(desk, FAMILY), *_pages(desk, GROUP))


def _pages(desk: Desk, kind: Several) -> tuple[Page, ...]:
    here = desk.counter.here

    def begun(_visit: Visit) -> Goes:
        return Goes(f"{kind.path}/{new_id()}")

    def opened(visit: Visit) -> Shown:
        lines = list(_kept(desk, visit))
        shared = next((line.values for line in lines if line.values), desk.forms.new(visit.language))
        return _page(desk, visit, kind, Form(shared), lines)

    def kept(visit: Visit) -> Shown:
        _keep(desk, visit, kind)
        return Shown("intake/kept.html", {"alike": None, "at": desk.counter.room.clock.now()})

    def saved(visit: Visit) -> Goes:
        _keep(desk, visit, kind)
        return Goes(f"{kind.path}/{visit.args['group_id']}", Notice("good", ROWS_KEPT))

    def gone_on(visit: Visit) -> Shown | Goes:
        lines, values = _keep(desk, visit, kind), sent_values(visit.sent)
        told = told_by(values, desk.forms.reader, (kind.shared,))
        needless = {name: texts for name, texts in told.errors.items() if name != "needs"}
        form = Form(values, needless if lines else {**needless, "form": [NOBODY]})
        if form.errors or any(line.errors for line in lines):
            return _page(desk, visit, kind, form, lines, 422)
        return Goes(f"{kind.path}/{visit.args['group_id']}/personas")

    def listed(visit: Visit) -> Shown:
        lines = [line for line in _kept(desk, visit) if line.values or line.sent]
        return Shown("intake/several_list.html", {"lines": lines, "kind": kind, "path": f"{kind.path}/{visit.args['group_id']}", "form_path": FORM})

    path = f"{kind.path}/{{group_id}}"
    return (
        Page("GET", kind.path, "case.register", begun, kind.title, about=here),
        Page("GET", path, "case.register", opened, kind.title, about=here),
        Page("POST", path, "draft.save", gone_on, kind.title, about=here),
        Page("POST", f"{path}/borrador", "draft.save", kept, kind.title, about=here, limit=SEARCHES),
        Page("POST", f"{path}/guardar", "draft.save", saved, kind.title, about=here),
        Page("GET", f"{path}/personas", "case.register", listed, kind.title, about=here),
    )


def _draft_id(visit: Visit, number: int) -> str:
    return f"{visit.args['group_id']}-{number}"


def _kept(desk: Desk, visit: Visit) -> Iterator[Line]:
    """The rows that are drafts or were sent, in their order; the first gaps are passed over."""
    missed = 0
    for number in range(1, MOST_ROWS + 1):
        draft_id = _draft_id(visit, number)
        values, sent = desk.kept(visit, draft_id), desk.sent_to(draft_id)
        missed = 0 if values or sent else missed + 1
        if values or sent:
            yield Line(number, draft_id, values or {}, sent=sent)
        if missed > GROUP.rows:
            return


def _keep(desk: Desk, visit: Visit, kind: Several) -> list[Line]:
    """Keep each row that says anything as a draft of its own; what somebody worked on alone keeps its own answers."""
    values = sent_values(visit.sent)
    shared = {one.name: values[one.name] for one in kind.shared.fields if one.name in values}
    lines = [_typed(desk, visit, number, values) for number in range(1, MOST_ROWS + 1)]
    lines = [line for line in lines if line.values]
    for line in lines:
        before = desk.kept(visit, line.draft_id) or desk.forms.new(visit.language)
        common = {} if _OWN in before else shared
        household = {"household_id": [visit.args["group_id"]]} if kind.family else {}
        desk.keep(visit, line.draft_id, {**before, **common, **line.values, **household})
    return lines


def _typed(desk: Desk, visit: Visit, number: int, values: Values) -> Line:
    """One row as it was sent, with what cannot be read in it; what is missing but the name is asked in the person's own form."""
    given = {one.name: values[f"{number}.{one.name}"] for one in ROW if f"{number}.{one.name}" in values}
    errors = told_by(given, desk.forms.reader, (Section("fila", "", ROW),)).errors if given else {}
    unreadable = {name: texts for name, texts in errors.items() if name in given or name == ROW[0].name}
    return Line(number, _draft_id(visit, number), given, unreadable)


def _page(desk: Desk, visit: Visit, kind: Several, form: Form, lines: Sequence[Line], status: int = 200) -> Shown:
    if len(visit.args["group_id"]) > len(new_id()):
        raise Refused("not_found")
    by_number = {line.number: line for line in lines}
    last = max(by_number, default=0)
    rows = [
        by_number.get(number, Line(number, _draft_id(visit, number)))
        for number in range(1, min(max(kind.rows, last + SPARE), MOST_ROWS) + 1)
    ]
    shown = desk.forms.shown(Filled(form), visit.language, (kind.shared,))
    given = {
        "kind": kind, "rows": rows, "row_fields": ROW, "path": f"{kind.path}/{visit.args['group_id']}",
        "row_options": {one.name: desk.forms.options(one, visit.language, None) for one in ROW if one.vocabulary},
    }
    return Shown("intake/several.html", shown | given, status)
