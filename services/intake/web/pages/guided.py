"""``/personas/nueva/…/paso/…``: the same form, one section a page, for telephones and for who is new at the window."""

from typing import Final

from services.intake.web.forms.case_form import Filled
from services.intake.web.forms.case_json import Values
from services.intake.web.forms.fields import Section
from services.intake.web.forms.person_form import SECTIONS
from services.intake.web.pages.desk import PATH, Desk, sent_values
from services.intake.web.pages.register import kept_page
from shared.security.identities import Subject
from shared.web.call import Words
from shared.web.forms import Form
from shared.web.limits import SEARCHES
from shared.web.visit import Goes, Page, Shown, Visit

STEPS: Final = {section.id: section for section in SECTIONS}
TITLE: Final = Words("Registrar paso a paso", "Register step by step")


def guided_pages(desk: Desk) -> tuple[Page, ...]:
    """Each step keeps the draft; the last leads to the same check as the one-page form."""

    def about(visit: Visit) -> Subject | None:
        return desk.counter.here(visit) if visit.args["step"] in STEPS else None

    def begun(visit: Visit) -> Goes:
        draft_id = visit.args["draft_id"]
        desk.keep(visit, draft_id, sent_values(visit.sent))
        return Goes(_address(draft_id, SECTIONS[0]))

    def opened(visit: Visit) -> Shown | Goes:
        already = desk.sent_to(visit.args["draft_id"])
        return Goes(already) if already else _page(desk, visit, Filled(Form(_so_far(desk, visit))))

    def stepped(visit: Visit) -> Shown | Goes:
        draft_id, section = visit.args["draft_id"], STEPS[visit.args["step"]]
        values = _merged(desk, visit, section)
        desk.keep(visit, draft_id, values)
        filled = desk.forms.read_step(values, section)
        if filled.form.errors:
            return _page(desk, visit, filled, 422)
        later = SECTIONS[SECTIONS.index(section) + 1 :]
        return Goes(_address(draft_id, later[0]) if later else f"{PATH}/{draft_id}/revisar")

    def kept(visit: Visit) -> Shown:
        return kept_page(desk, visit, _merged(desk, visit, STEPS[visit.args["step"]]))

    path = f"{PATH}/{{draft_id}}/paso"
    return (
        Page("POST", path, "draft.save", begun, TITLE, about=desk.counter.here),
        Page("GET", f"{path}/{{step}}", "case.register", opened, TITLE, about=about),
        Page("POST", f"{path}/{{step}}", "case.register", stepped, TITLE, about=about),
        Page("POST", f"{path}/{{step}}/borrador", "draft.save", kept, TITLE, about=about, limit=SEARCHES),
    )


def _address(draft_id: str, section: Section) -> str:
    return f"{PATH}/{draft_id}/paso/{section.id}"


def _so_far(desk: Desk, visit: Visit) -> Values:
    kept = desk.kept(visit, visit.args["draft_id"])
    return desk.forms.new(visit.language) if kept is None else kept


def _merged(desk: Desk, visit: Visit, section: Section) -> Values:
    """The draft with what this step says now; the other steps stay as they were."""
    asked = {one.name for one in section.all_fields}
    others = {name: given for name, given in _so_far(desk, visit).items() if name not in asked}
    return {**others, **sent_values(visit.sent)}


def _page(desk: Desk, visit: Visit, filled: Filled, status: int = 200) -> Shown:
    section, draft_id = STEPS[visit.args["step"]], visit.args["draft_id"]
    place = SECTIONS.index(section)
    given = {
        **desk.forms.shown(filled, visit.language, (section,)), "section": section, "number": place + 1, "steps": len(SECTIONS),
        "path": f"{PATH}/{draft_id}", "step_path": visit.path, "before": _address(draft_id, SECTIONS[place - 1]) if place else None,
        "alike": (),
    }
    return Shown("intake/step.html", given, status)
