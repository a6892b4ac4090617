"""The pages of a window, one module per screen."""

from services.intake.queries.screening import Consequences
from services.intake.web.forms.case_form import CaseForm
from services.intake.web.pages.correct import correct_pages
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.desk import Desk
from services.intake.web.pages.drafts import DRAFTS, draft_pages
from services.intake.web.pages.guided import guided_pages
from services.intake.web.pages.paper import paper_pages
from services.intake.web.pages.register import REGISTER, register_pages
from services.intake.web.pages.several import several_pages
from services.intake.web.pages.today import TODAY, today_pages
from shared.web.visit import Entry, Page

ENTRIES: tuple[Entry, ...] = (TODAY, REGISTER, DRAFTS)
"""What the navigation offers, in its order."""


def window_pages(counter: Counter) -> tuple[Page, ...]:
    """Every page of this window."""
    desk = Desk(counter, CaseForm(counter.room, Consequences(counter.room.place)))
    return (
        *today_pages(counter), *register_pages(desk), *guided_pages(desk), *correct_pages(desk), *several_pages(desk),
        *paper_pages(desk), *draft_pages(desk),
    )
