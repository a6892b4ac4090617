"""The pages of a window, one module per screen."""

from services.intake.queries.screening import Consequences
from services.intake.web.forms.case_form import CaseForm
from services.intake.web.pages.case import case_pages
from services.intake.web.pages.case_acts import act_pages
from services.intake.web.pages.claims import CLAIM, claim_pages
from services.intake.web.pages.closing import closing_pages
from services.intake.web.pages.correct import correct_pages
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.desk import Desk
from services.intake.web.pages.directory import DIRECTORY, directory_pages
from services.intake.web.pages.drafts import draft_pages
from services.intake.web.pages.guidance import GUIDANCE, guidance_pages
from services.intake.web.pages.guided import guided_pages
from services.intake.web.pages.help import help_pages
from services.intake.web.pages.paper import paper_pages
from services.intake.web.pages.register import REGISTER, register_pages
from services.intake.web.pages.returns import return_pages
from services.intake.web.pages.search import SEARCH, search_pages
from services.intake.web.pages.several import several_pages
from services.intake.web.pages.slips import slip_pages
from services.intake.web.pages.supervision import supervision_pages
from services.intake.web.pages.team import NUMBERS, TEAM, team_pages
from services.intake.web.pages.today import TODAY, today_pages
from services.intake.web.pages.trainings import TRAININGS, training_pages
from services.intake.web.pages.waiting import WAITING, waiting_pages
from shared.web.visit import Entry, Page

ENTRIES: tuple[Entry, ...] = (
    TODAY, REGISTER, SEARCH, WAITING, GUIDANCE, DIRECTORY, CLAIM, TRAININGS, NUMBERS, TEAM,
)
"""What the navigation offers, in its order; the first page leads to the rest."""


def window_pages(counter: Counter) -> tuple[Page, ...]:
    """Every page of this window."""
    desk = Desk(counter, CaseForm(counter.room, Consequences(counter.room.place)))
    return (
        *today_pages(counter),
        *register_pages(desk),
        *guided_pages(desk),
        *correct_pages(desk),
        *several_pages(desk),
        *paper_pages(desk),
        *draft_pages(desk),
        *search_pages(counter),
        *waiting_pages(counter),
        *case_pages(counter),
        *act_pages(counter),
        *supervision_pages(counter),
        *closing_pages(counter),
        *team_pages(counter),
        *guidance_pages(counter),
        *directory_pages(counter),
        *slip_pages(counter),
        *claim_pages(counter),
        *return_pages(counter),
        *training_pages(counter),
        *help_pages(),
    )
