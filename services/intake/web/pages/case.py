"""``/casos/{id}``: one case, and everything that has happened to it."""

from services.intake.queries.case_page import case_page
from services.intake.store.work import WindowWork
from services.intake.use_cases.look_at_case import look_at_case
from services.intake.web.pages.case_forms import CASES
from services.intake.web.pages.case_view import CaseView, case_view
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import seen_by
from shared.errors import Refused
from shared.web.call import Words
from shared.web.visit import Page, Shown, Visit


def case_pages(counter: Counter) -> tuple[Page, ...]:
    """The page of one case."""

    def read(visit: Visit) -> Shown:
        subject = counter.case(visit)
        if subject is None:
            raise Refused("not_found")

        def looked(work: WindowWork) -> CaseView:
            seen = seen_by(counter, visit, work)
            case = look_at_case(visit.args["case_id"], by=visit.actor, work=work, now=seen.now)
            return case_view(case_page(work, case.id, now=seen.now), seen, visit.actor, subject)

        return Shown("intake/case.html", {"view": counter.carry_out(visit, looked)})

    return (Page("GET", f"{CASES}/{{case_id}}", "case.read", read, Words("Un caso", "A case"), about=counter.case),)
