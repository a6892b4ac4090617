"""``/orientacion`` and ``/pregunta``: texts to be read aloud, and counting whoever only asked."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.intake.domain.guidance import GuidanceText
from services.intake.store.guidance import LANGUAGES, guidance
from services.intake.use_cases.record_visit import RecordVisit, record_visit
from services.intake.web.pages.counter import Counter
from shared.ids import new_id
from shared.security.identities import Subject
from shared.security.sessions import Notice
from shared.texts import said
from shared.vocabulary.codes import GuidanceTopic
from shared.web.call import Words
from shared.web.forms import NOT_OFFERED, Form, filled, shown
from shared.web.visit import Entry, Goes, Page, Shown, Visit

GUIDANCE = Entry(
    Words("Orientación", "Guidance"),
    Words("Textos para leer en voz alta.", "Texts to be read aloud."),
    "/orientacion",
    "guidance.read",
)
QUESTION = Entry(
    Words("Solo pregunta", "Only a question"),
    Words("Contar a quien solo preguntó, sin sus datos.", "Count somebody who only asked, without their data."),
    "/pregunta",
    "visit.record",
)
COUNTED = said("Contado: solo preguntó. No se guardó nada de la persona.")
NO_TOPIC = said("Elija de qué preguntó.")


@dataclass(frozen=True)
class Question:
    """What was asked about, and in which language the text is opened."""

    record: RecordVisit
    language: str | None


class QuestionSchema(Schema):
    """A question. ``visit_id`` is the form's own: sent twice it is one visit."""

    topics = fields.List(
        fields.Enum(GuidanceTopic, by_value=True, error_messages={"unknown": NOT_OFFERED}), required=True,
        validate=validate.Length(max=len(GuidanceTopic), error=NOT_OFFERED), error_messages={"required": NO_TOPIC},
    )
    visit_id = fields.UUID()
    language = fields.String(validate=validate.OneOf(LANGUAGES, error=NOT_OFFERED))

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> Question:
        topics = tuple(dict.fromkeys(data["topics"]))
        visit_id = str(data["visit_id"]) if "visit_id" in data else None
        return Question(RecordVisit(topics, visit_id=visit_id), data.get("language"))


def guidance_pages(counter: Counter) -> tuple[Page, ...]:
    """The list, one text, and the question that is counted."""
    return (*_texts(counter), *_question(counter))


def text_in(topic: GuidanceTopic, wanted: str | None, otherwise: str) -> GuidanceText:
    """One topic in the language that was asked for, else in another."""
    language = wanted if wanted in LANGUAGES else otherwise
    return next(guidance().find(topic=topic, language=language, text=""))


def _texts(counter: Counter) -> tuple[Page, ...]:
    def listed(visit: Visit) -> Shown:
        typed = visit.asked.get("q", "")
        texts = list(guidance().find(topic=None, language=visit.language, text=typed))
        return Shown("intake/guidance.html", {"texts": texts, "form": shown({"q": typed})})

    def read(visit: Visit) -> Shown:
        text = text_in(GuidanceTopic(visit.args["topic"]), visit.asked.get("idioma"), visit.language)
        counted = "contada" in visit.asked
        return Shown("intake/guidance_text.html", {"text": text, "counted": counted, "visit_id": new_id()})

    def one(visit: Visit) -> Subject | None:
        return counter.here(visit) if visit.args["topic"] in set(GuidanceTopic) else None

    path = f"{GUIDANCE.path}/{{topic}}"
    return (
        Page("GET", GUIDANCE.path, GUIDANCE.act, listed, GUIDANCE.label, about=counter.here),
        Page("GET", path, GUIDANCE.act, read, Words("Un texto", "One text"), about=one),
    )


def _question(counter: Counter) -> tuple[Page, ...]:
    def asked(visit: Visit) -> Shown:
        return _question_form(visit, Form())

    def counted(visit: Visit) -> Shown | Goes:
        form = filled(QuestionSchema(), visit.sent)
        if form.errors:
            return _question_form(visit, form, 422)
        question, now = form.made(Question), counter.room.clock.now()
        counter.carry_out(visit, lambda work: record_visit(question.record, by=visit.actor, work=work, now=now))
        language = f"&idioma={question.language}" if question.language else ""
        return Goes(f"{GUIDANCE.path}/{question.record.topics[0]}?contada=si{language}", Notice("good", COUNTED))

    return (
        Page("GET", QUESTION.path, QUESTION.act, asked, QUESTION.label, about=counter.here),
        Page("POST", QUESTION.path, QUESTION.act, counted, QUESTION.label, about=counter.here),
    )


def _question_form(visit: Visit, form: Form, status: int = 200) -> Shown:
    texts = list(guidance().find(topic=None, language=visit.language, text=""))
    values = {"texts": texts, "options": [(one.topic, one.title) for one in texts], "form": form, "visit_id": new_id()}
    return Shown("intake/question.html", values, status)
