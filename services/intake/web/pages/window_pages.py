"""The pages of a window, one module per screen."""

from services.intake.web.pages.claims import CLAIM, claim_pages
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.directory import DIRECTORY, directory_pages
from services.intake.web.pages.guidance import GUIDANCE, QUESTION, guidance_pages
from services.intake.web.pages.help import help_pages
from services.intake.web.pages.returns import return_pages
from services.intake.web.pages.slips import slip_pages
from services.intake.web.pages.today import TODAY, today_pages
from services.intake.web.pages.trainings import TRAININGS, training_pages
from shared.web.visit import Entry, Page

ENTRIES: tuple[Entry, ...] = (TODAY, QUESTION, GUIDANCE, DIRECTORY, CLAIM, TRAININGS)
"""What the navigation offers, in its order."""


def window_pages(counter: Counter) -> tuple[Page, ...]:
    """Every page of this window."""
    return (
        *today_pages(counter), *guidance_pages(counter), *directory_pages(counter), *slip_pages(counter), *claim_pages(counter),
        *return_pages(counter), *training_pages(counter),
        *help_pages(),
    )
