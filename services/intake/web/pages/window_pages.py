"""The pages of a window, one module per screen."""

from services.intake.web.pages.case import case_pages
from services.intake.web.pages.case_acts import act_pages
from services.intake.web.pages.closing import closing_pages
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.search import SEARCH, search_pages
from services.intake.web.pages.supervision import supervision_pages
from services.intake.web.pages.team import NUMBERS, TEAM, team_pages
from services.intake.web.pages.today import TODAY, today_pages
from services.intake.web.pages.waiting import WAITING, waiting_pages
from shared.web.visit import Entry, Page

ENTRIES: tuple[Entry, ...] = (TODAY, SEARCH, WAITING, TEAM, NUMBERS)
"""What the navigation offers, in its order."""


def window_pages(counter: Counter) -> tuple[Page, ...]:
    """Every page of this window."""
    return (
        *today_pages(counter),
        *search_pages(counter),
        *waiting_pages(counter),
        *case_pages(counter),
        *act_pages(counter),
        *supervision_pages(counter),
        *closing_pages(counter),
        *team_pages(counter),
    )
