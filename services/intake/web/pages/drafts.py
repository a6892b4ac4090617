"""``/borradores``: forms that were begun and not sent, of everybody at this window."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.intake.queries.drafts import draft_list
from services.intake.store.work import WindowWork
from services.intake.use_cases.delete_draft import DeleteDraft, delete_draft
from services.intake.web.pages.desk import PATH as FORM
from services.intake.web.pages.desk import Desk, values_in
from shared.errors import Refused
from shared.security.sessions import Notice
from shared.texts import said
from shared.web.call import Words
from shared.web.paging import USUAL_PAGE
from shared.web.paging import Page as Part
from shared.web.visit import Entry, Goes, Page, Shown, Visit

PATH: Final = "/borradores"
DRAFTS: Final = Entry(
    Words("Borradores", "Drafts"), Words("Lo que se empezó y falta enviar.", "What was begun and not sent yet."), PATH, "draft.list"
)
DELETED: Final = said("El borrador se borró.")


@dataclass(frozen=True)
class Begun:
    """One draft: of whom, as far as it says, and who wrote in it last."""

    id: str
    name: str
    saved_by: str
    created_at: datetime
    updated_at: datetime


def draft_pages(desk: Desk) -> tuple[Page, ...]:
    """The list, and deleting one."""

    def listed(visit: Visit) -> Shown:
        page = Part(_number(visit.asked.get("page", "")), USUAL_PAGE)

        def read(work: WindowWork) -> tuple[list[Begun], int]:
            found = draft_list(work, offset=page.offset, size=page.size)
            return [_begun(work, visit, one.id) for one in found.items], found.total

        begun, total = desk.counter.carry_out(visit, read)
        return Shown("intake/drafts.html", {"drafts": begun, "total": total, "page": page, "form_path": FORM, "path": PATH})

    def asked(visit: Visit) -> Shown:
        draft = desk.counter.carry_out(visit, lambda work: _begun(work, visit, visit.args["draft_id"]))
        return Shown("intake/draft_delete.html", {"draft": draft, "path": PATH})

    def deleted(visit: Visit) -> Goes:
        request = DeleteDraft(visit.args["draft_id"])
        desk.counter.carry_out(visit, lambda work: delete_draft(request, by=visit.actor, work=work))
        return Goes(PATH, Notice("good", DELETED))

    title = Words("Borrar un borrador", "Delete a draft")
    return (
        Page("GET", PATH, DRAFTS.act, listed, DRAFTS.label, about=desk.counter.here),
        Page("GET", f"{PATH}/{{draft_id}}/borrar", "draft.delete", asked, title, about=desk.counter.draft),
        Page("POST", f"{PATH}/{{draft_id}}/borrar", "draft.delete", deleted, title, about=desk.counter.draft),
    )


def _begun(work: WindowWork, visit: Visit, draft_id: str) -> Begun:
    draft = work.drafts.find(draft_id)
    if draft is None:
        raise Refused("not_found")
    work.audit.note(visit.actor, "draft.list", "draft", work.drafts.key_of(draft_id), ("person.name",))
    values = values_in(draft.content)
    words = [word for name in ("person.given_name", "person.family_name") for word in values.get(name, ())]
    return Begun(draft.id, " ".join(words), draft.saved_by, draft.created_at, draft.updated_at)


def _number(text: str) -> int:
    return int(text) if text.isdigit() and 0 < int(text) < 1_000_000 else 1
