"""The pages of a window, one module per screen."""

from services.intake.web.pages.counter import Counter
from services.intake.web.pages.today import TODAY, today_pages
from shared.web.visit import Entry, Page

ENTRIES: tuple[Entry, ...] = (TODAY,)
"""What the navigation offers, in its order."""


def window_pages(counter: Counter) -> tuple[Page, ...]:
    """Every page of this window."""
    return (*today_pages(counter),)
