"""``/buscar``: a case by name, document or code. Asked by POST: no name stands in an address, a log or a history."""

from typing import Final

from services.intake.domain.case import CaseStatus, Delivery
from services.intake.queries.case_list import CaseList, case_list
from services.intake.store.work import WindowWork
from services.intake.web.forms.search import Search, SearchForm
from services.intake.web.pages.case_lines import case_lines, note_seen
from services.intake.web.pages.case_words import DELIVERIES, STATUSES
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import Seen, seen_by
from shared.vocabulary.codes import Need
from shared.web.call import Words
from shared.web.forms import Form, again, filled
from shared.web.limits import SEARCHES
from shared.web.paging import LAST_PAGE
from shared.web.paging import Page as Part
from shared.web.visit import Entry, Page, Shown, Visit

PATH: Final = "/buscar"
SEARCH = Entry(
    Words("Buscar", "Search"),
    Words("Un caso por nombre, documento o código.", "A case by name, document or code."),
    PATH,
    "case.search",
)
SIZE: Final = 25
"""Lines of one page: what fits on two screens, and on a slow line."""


def search_pages(counter: Counter) -> tuple[Page, ...]:
    """The form, with the latest cases under it, and what was found."""

    def asked(visit: Visit) -> Shown:
        return _found(counter, visit, again(visit.typed), Search())

    def searched(visit: Visit) -> Shown:
        form = filled(SearchForm(), visit.sent)
        if form.errors:
            return _found(counter, visit, form, Search(), 422)
        return _found(counter, visit, form, form.made(Search))

    return (
        Page("GET", PATH, SEARCH.act, asked, SEARCH.label, about=counter.here),
        Page("POST", PATH, SEARCH.act, searched, SEARCH.label, about=counter.here, limit=SEARCHES),
    )


def _found(counter: Counter, visit: Visit, form: Form, wanted: Search, status: int = 200) -> Shown:
    part = Part(min(max(wanted.page, 1), LAST_PAGE), SIZE)

    def looked(work: WindowWork) -> tuple[CaseList, Seen]:
        found = case_list(
            work, counter.room.people, text=wanted.q, status=wanted.status, need=wanted.need, delivery=wanted.delivery,
            offset=part.offset, size=part.size,
        )
        note_seen(work, visit.actor, [case.id for case in found.items])
        return found, seen_by(counter, visit, work)

    found, seen = counter.carry_out(visit, looked)
    values = {
        "form": form,
        "lines": case_lines(found.items, seen),
        "total": found.total,
        "page": part,
        "last": -(-found.total // SIZE),
        "asked": wanted != Search(page=wanted.page),
        "statuses": [(one.value, STATUSES[one][1]) for one in CaseStatus],
        "needs": [(one.value, seen.label("need", one)) for one in Need],
        "deliveries": [(one.value, DELIVERIES[one][1]) for one in Delivery],
    }
    return Shown("intake/search.html", values, status)
