"""The end of a case, and three questions to the person: their answers are counted, and nothing says whose they are."""

from services.intake.domain.case import Case
from services.intake.domain.feedback import Question, Reply
from services.intake.queries.case_page import CasePage
from services.intake.store.work import WindowWork
from services.intake.use_cases.close_case import CloseCase, close_case
from services.intake.use_cases.record_feedback import RecordFeedback, record_feedback
from services.intake.web.forms import casework as forms
from services.intake.web.forms.feedback import FeedbackForm
from services.intake.web.pages.case_forms import CaseForm, form_pages
from services.intake.web.pages.counter import Counter
from services.intake.web.pages.seen import Seen
from shared.security.sessions import Notice
from shared.texts import said
from shared.vocabulary.codes import CloseReason
from shared.web.call import Words
from shared.web.forms import Form, again, filled
from shared.web.visit import Goes, Page, Shown, Visit

FEEDBACK = "/encuesta"
CLOSED = said("El caso quedó cerrado.")
THANKS = said("Las respuestas quedaron contadas, sin nombre ni caso. Dé las gracias a la persona.")
SKIPPED = said("No se contó ninguna respuesta.")


def closing_pages(counter: Counter) -> tuple[Page, ...]:
    """Closing, then the questions: their page knows of no case."""
    return (*form_pages(counter, _close(counter)), *_feedback(counter))


def _close(counter: Counter) -> CaseForm:
    def does(visit: Visit, form: Form, work: WindowWork) -> Case:
        typed = form.made(forms.Closing)
        request = CloseCase(visit.args["case_id"], typed.reason, typed.text, typed.version)
        return close_case(request, by=visit.actor, work=work, now=counter.room.clock.now())

    return CaseForm(
        "cerrar", "case.close", "close", Words("Cerrar el caso", "Close the case"), "intake/act_close.html",
        forms.CloseForm(), does, "reason", CLOSED, more=_reasons, to=FEEDBACK,
    )


def _reasons(_counter: Counter, _visit: Visit, _page: CasePage, seen: Seen) -> dict[str, object]:
    return {"reasons": [(one.value, seen.label("close_reason", one)) for one in CloseReason]}


def _feedback(counter: Counter) -> tuple[Page, Page]:
    def asked(visit: Visit) -> Shown:
        return _questions(again(visit.typed))

    def answered(visit: Visit) -> Shown | Goes:
        form = filled(FeedbackForm(), visit.sent)
        if form.errors:
            return _questions(form, 422)
        answers = {Question(name): Reply(value) for name, value in form.made(dict).items()}
        if not answers:
            return Goes("/hoy", Notice("note", SKIPPED))
        counter.carry_out(
            visit, lambda work: record_feedback(RecordFeedback(answers), by=visit.actor, work=work, now=counter.room.clock.now())
        )
        return Goes("/hoy", Notice("good", THANKS))

    title = Words("Tres preguntas a la persona", "Three questions to the person")
    return (
        Page("GET", FEEDBACK, "feedback.record", asked, title, about=counter.here),
        Page("POST", FEEDBACK, "feedback.record", answered, title, about=counter.here),
    )


def _questions(form: Form, status: int = 200) -> Shown:
    return Shown("intake/feedback.html", {"form": form}, status)
