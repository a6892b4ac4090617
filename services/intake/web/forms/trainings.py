"""The forms of training sessions: the session itself, who came in numbers, who came by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from marshmallow import Schema, fields, post_load, validate
from werkzeug.datastructures import MultiDict

from services.intake.domain.training import Counts, Participant, Session, Training
from services.intake.use_cases.record_training import RecordTraining
from services.intake.use_cases.take_attendance import Listed
from services.intake.web.forms.kinds import day
from services.intake.web.forms.reading import day_text
from shared.texts import said
from shared.vocabulary.codes import Sex, TrainingAudience, TrainingTopic
from shared.web.forms import MISSING, NOT_OFFERED, TOO_LONG, Form, filled

BAD_NUMBER: Final = said("Escriba un número, sin letras; 0 si no vino nadie.")
MOST_PEOPLE: Final = 500
"""On one list; a larger session is counted."""
BLANK_ROWS: Final = 8
"""Empty rows after those that are on the list: what fits a screen."""
_ROW: Final = ("id", "name", "institution", "sex", "consent", "came", "remove")


def _words(*, most: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=most, error=TOO_LONG))


def _one_of(kind: type, **more: Any) -> fields.Enum[Any]:
    return fields.Enum(kind, by_value=True, error_messages={"unknown": NOT_OFFERED, "required": NOT_OFFERED}, **more)


class _SessionFields(Schema):
    """What was taught, where, by whom. Trainers are told one after the other, with commas between."""

    held_on = day()
    place = fields.String(required=True, validate=validate.Length(max=200, error=TOO_LONG), error_messages={"required": MISSING})
    audience = _one_of(TrainingAudience, required=True)
    topics = fields.List(_one_of(TrainingTopic), required=True, error_messages={"required": NOT_OFFERED})
    trainers = _words(most=1000)
    institution = _words(most=200)


class SessionFormSchema(_SessionFields):
    """A session that is known already."""

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> Session:
        return _session(data)


class NewSessionSchema(_SessionFields):
    """A new session. ``training_id`` is the form's own: sent twice it is one session."""

    training_id = fields.UUID(load_default=None)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> RecordTraining:
        own = data.pop("training_id")
        return RecordTraining(_session(data), str(own) if own else None)


def _session(data: dict[str, Any]) -> Session:
    trainers = tuple(name.strip() for name in data["trainers"].split(",") if name.strip())
    return Session(**{**data, "topics": tuple(dict.fromkeys(data["topics"])), "trainers": trainers})


class CountsFormSchema(Schema):
    """How many came; a field that was left out is none."""

    women, men, others = (
        fields.Integer(
            load_default=0, validate=validate.Range(min=0, max=100_000, error=BAD_NUMBER), error_messages={"invalid": BAD_NUMBER}
        )
        for _ in range(3)
    )

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> Counts:
        return Counts(**data)


class RowSchema(Schema):
    """One line of the list; a tick that is not there is a no."""

    id = fields.String(load_default=None)
    name = _words(most=200)
    institution = _words(most=200)
    sex = _one_of(Sex, required=True)
    consent = fields.String()
    came = fields.String()

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> Listed:
        told = {name: data[name] for name in ("id", "name", "institution", "sex")}
        return Listed(**told, consent="consent" in data, attended="came" in data)


@dataclass(frozen=True)
class SentList:
    """A list as it was sent: every row to be shown again, and those of them that say somebody."""

    rows: Sequence[Form]
    told: Sequence[int]

    @property
    def wrong(self) -> bool:
        """Whether a row that says somebody cannot be read."""
        return any(self.rows[number].errors for number in self.told)

    @property
    def people(self) -> tuple[Listed, ...]:
        """Who came; only of a list without errors."""
        return tuple(self.rows[number].made(Listed) for number in self.told)

    def refused(self, faults: Mapping[str, Sequence[str]]) -> "SentList":
        """The same with what the act refused, each fault (``participants.3.name``) at its row."""
        rows = list(self.rows)
        for path, texts in faults.items():
            place, _, name = path.removeprefix("participants.").partition(".")
            number = self.told[int(place)]
            rows[number] = replace(rows[number], errors={**rows[number].errors, name: texts})
        return replace(self, rows=rows)


def session_form(session: Session) -> Form:
    """A session as its form shows it."""
    one = {
        "held_on": day_text(session.held_on), "place": session.place, "audience": session.audience.value,
        "trainers": ", ".join(session.trainers), "institution": session.institution,
    }
    return Form({**{name: [value] for name, value in one.items() if value}, "topics": [topic.value for topic in session.topics]})


def rows_of(training: Training) -> list[Form]:
    """Everybody on the list, and empty rows for more."""
    return [*(_row(one) for one in training.participants), *(Form({"came": ["si"]}) for _ in range(BLANK_ROWS))]


def list_sent(sent: MultiDict[str, str]) -> SentList:
    """The rows as they were typed; an empty one, and one that is to be taken off, says nobody."""
    rows: list[Form] = []
    while len(rows) < MOST_PEOPLE + BLANK_ROWS and any(f"{name}-{len(rows)}" in sent for name in _ROW):
        number = len(rows)
        rows.append(filled(RowSchema(), MultiDict((name, sent[f"{name}-{number}"]) for name in _ROW if f"{name}-{number}" in sent)))
    told = [number for number, row in enumerate(rows) if not row.value("remove") and _says_somebody(row)]
    return SentList([row if number in told else replace(row, errors={}) for number, row in enumerate(rows)], told)


def _says_somebody(row: Form) -> bool:
    return any(row.value(name).strip() for name in ("id", "name", "institution", "sex", "consent"))


def _row(one: Participant) -> Form:
    ticks = {"consent": one.name is not None, "came": one.attended}
    told = {"id": one.id, "name": one.name, "institution": one.institution, "sex": one.sex.value}
    return Form({**{name: [value] for name, value in told.items() if value}, **{name: ["si"] for name, tick in ticks.items() if tick}})
