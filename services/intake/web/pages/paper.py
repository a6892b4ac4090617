"""``/papel``: the form on paper, from the same definition, for the day on which nothing else works."""

from typing import Final

from services.intake.web.forms.case_form import Filled
from services.intake.web.forms.person_form import SECTIONS
from services.intake.web.pages.desk import Desk
from shared.web.call import Words
from shared.web.forms import Form
from shared.web.visit import Page, Shown, Visit

PATH: Final = "/papel"


def paper_pages(desk: Desk) -> tuple[Page, ...]:
    """A blank form; what was written on it is typed in later, with its day and its code."""

    def blank(visit: Visit) -> Shown:
        return Shown("intake/paper.html", desk.forms.shown(Filled(Form()), visit.language, SECTIONS))

    return (Page("GET", PATH, "case.register", blank, Words("Hoja de papel", "Paper form"), about=desk.counter.here),)
