"""Training sessions: written down, attended, closed, certified."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.intake.domain.training import Counts, Session, Training
from services.intake.queries.trainings import Certificate, WantedTrainings, certificates, training_list
from services.intake.store.work import WindowWork
from services.intake.use_cases.change_training import ChangeTraining, change_training
from services.intake.use_cases.close_training import CloseTraining, close_training
from services.intake.use_cases.forget_participant import ForgetParticipant, forget_participant
from services.intake.use_cases.record_training import RecordTraining, record_training
from services.intake.use_cases.take_attendance import Listed, TakeAttendance, take_attendance
from services.intake.use_cases.training_steps import training_or_refuse
from services.intake.web.api.v1.room import Room
from shared.contracts.fields import Flag, ValueSchema, code, identifier, moment, text, whole
from shared.errors import Broken
from shared.persistence.perform import Rendered
from shared.vocabulary.codes import Sex, TrainingAudience, TrainingTopic
from shared.web.answers import Answer
from shared.web.bodies import check, merge_patch
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing, page_of

MOST_PEOPLE = 500
"""On one list; a larger session is counted."""


class SessionSchema(ValueSchema):
    """``POST /trainings``, and what ``PATCH`` changes of it."""

    makes = Session
    held_on = fields.Date(format="iso", required=True)
    place = text(required=True, blank=False)
    audience = code(TrainingAudience, required=True)
    topics = fields.List(code(TrainingTopic), required=True, validate=validate.Length(min=1, max=len(TrainingTopic)))
    trainers = fields.List(text(blank=False), validate=validate.Length(max=20))
    institution = text()


class CountsSchema(ValueSchema):
    """How many came."""

    makes = Counts
    women = whole(required=True, most=100_000)
    men = whole(required=True, most=100_000)
    others = whole(most=100_000)


class ListedSchema(ValueSchema):
    """Somebody on the list; a name is kept only with ``consent``."""

    makes = Listed
    id = identifier(none=True)
    name = text()
    institution = text()
    sex = code(Sex, required=True)
    consent = Flag()
    attended = Flag()


@dataclass(frozen=True)
class Attendance:
    """What ``AttendanceSchema`` reads."""

    counts: Counts | None = None
    participants: tuple[Listed, ...] | None = None


class AttendanceSchema(ValueSchema):
    """``{counts}`` or ``{participants}``, whole; what was taken before is replaced."""

    makes = Attendance
    counts = fields.Nested(CountsSchema)
    participants = fields.List(fields.Nested(ListedSchema), validate=validate.Length(min=1, max=MOST_PEOPLE))

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_kwargs: object) -> None:
        if len(data) != 1:
            message = "Envíe counts (cuántas personas) o participants (la lista), una de las dos."
            raise ValidationError(message, "counts")


@dataclass(frozen=True)
class AskedTrainings:
    """Which sessions, and which page of them."""

    wanted: WantedTrainings
    page: Page


class TrainingsQuery(PageQuery):
    """``?from=&to=&audience=&topic=`` and the page."""

    since = fields.Date(format="iso", data_key="from")
    until = fields.Date(format="iso", data_key="to")
    audience = code(TrainingAudience)
    topic = code(TrainingTopic)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedTrainings:
        page = Page.of(data)
        names = ("since", "until", "audience", "topic")
        return AskedTrainings(WantedTrainings(**{name: data[name] for name in names if name in data}), page)


class ParticipantSchema(Schema):
    """Somebody on the list; no name: they did not want it kept."""

    id = fields.String(required=True)
    sex = code(Sex, required=True)
    attended = fields.Boolean(required=True)
    name = fields.String(required=True, allow_none=True)
    institution = fields.String(required=True)
    certificate = fields.String(required=True, allow_none=True)


class TrainingLineSchema(SessionSchema):
    """A session in the list: numbers, no names."""

    id = fields.String(required=True)
    numbers = fields.Nested(CountsSchema, required=True)
    registered_at = moment(required=True)
    registered_by = fields.String(required=True)
    closed_at = moment(required=True, none=True)
    version = fields.Integer(required=True)


class TrainingSchema(TrainingLineSchema):
    """A session whole."""

    participants = fields.List(fields.Nested(ParticipantSchema), required=True)


class CertificateSchema(Schema):
    """What a certificate says."""

    name = fields.String(required=True)
    held_on = fields.Date(format="iso", required=True)
    place = fields.String(required=True)
    audience = code(TrainingAudience, required=True)
    topics = fields.List(code(TrainingTopic), required=True)
    trainers = fields.List(fields.String(), required=True)
    code = fields.String(required=True)


class CertificatesSchema(Schema):
    """Of one session."""

    items = fields.List(fields.Nested(CertificateSchema), required=True)
    total = fields.Integer(required=True)


def training_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """All calls about sessions."""
    return (*_list_endpoints(room), *_one_endpoints(room), *_attendance_endpoints(room))


def _list_endpoints(room: Room) -> tuple[Endpoint, ...]:
    def recorded(call: Call) -> Rendered:
        request = RecordTraining(call.body(Session))
        return room.acts.carry_out(
            call,
            lambda work: record_training(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda _work: room.here,
            answer=lambda one: Answer(shown(one), version=one.version, location=f"/api/v1/trainings/{one.id}"),
        )

    def listed(call: Call) -> Rendered:
        asked = call.query(AskedTrainings)
        return room.acts.carry_out(
            call,
            lambda work: training_list(work, asked.wanted, offset=asked.page.offset, size=asked.page.size),
            about=lambda _work: room.here,
            answer=lambda page: Answer(listing(call, [shown(one) for one in page.items], page.total, asked.page)),
        )

    return (
        Endpoint(
            "POST", "/trainings", "training.record", recorded, Words("Anotar una capacitación", "Write down a training"),
            {201: TrainingSchema()}, about=lambda _call: room.here, body=SessionSchema(), creating=True,
        ),
        Endpoint(
            "GET", "/trainings", "training.list", listed, Words("Las capacitaciones", "The trainings"),
            {200: page_of(TrainingLineSchema())}, about=lambda _call: room.here, query=TrainingsQuery(),
        ),
    )


def _one_endpoints(room: Room) -> tuple[Endpoint, ...]:
    def read(call: Call) -> Rendered:
        return room.acts.carry_out(
            call, lambda work: _read(work, call), about=lambda _work: room.training(call), answer=_answered
        )

    def changed(call: Call) -> Rendered:
        request = ChangeTraining(call.args["training_id"], call.version, lambda session: _patched(session, call.raw))
        return room.acts.carry_out(
            call,
            lambda work: change_training(request, by=call.actor, work=work),
            about=lambda _work: room.training(call),
            answer=_answered,
        )

    def closed(call: Call) -> Rendered:
        request = CloseTraining(call.args["training_id"], call.version)
        return room.acts.carry_out(
            call,
            lambda work: close_training(request, by=call.actor, work=work, now=room.clock.now()),
            about=lambda _work: room.training(call),
            answer=_answered,
        )

    return (
        Endpoint(
            "GET", "/trainings/{training_id}", "training.read", read, Words("Una capacitación", "One training"),
            {200: TrainingSchema()}, about=room.training,
        ),
        Endpoint(
            "PATCH", "/trainings/{training_id}", "training.change", changed,
            Words("Cambiar una capacitación", "Change a training"), {200: TrainingSchema()}, about=room.training,
            body=SessionSchema(), merge_patch=True, if_match="required",
        ),
        Endpoint(
            "POST", "/trainings/{training_id}/close", "training.close", closed,
            Words("Cerrarla: la central recibe las cantidades", "Close it: the hub is told the numbers"),
            {200: TrainingSchema()}, about=room.training, if_match="optional",
        ),
    )


def _attendance_endpoints(room: Room) -> tuple[Endpoint, ...]:
    def attended(call: Call) -> Rendered:
        body = call.body(Attendance)
        request = TakeAttendance(call.args["training_id"], call.version, body.counts, body.participants)
        return room.acts.carry_out(
            call,
            lambda work: take_attendance(request, by=call.actor, work=work),
            about=lambda _work: room.training(call),
            answer=_answered,
        )

    def forgotten(call: Call) -> Rendered:
        request = ForgetParticipant(call.args["training_id"], call.args["participant_id"])
        return room.acts.carry_out(
            call,
            lambda work: forget_participant(request, by=call.actor, work=work),
            about=lambda _work: room.training(call),
            answer=_answered,
        )

    def certified(call: Call) -> Rendered:
        return room.acts.carry_out(
            call,
            lambda work: _certificates(work, call),
            about=lambda _work: room.training(call),
            answer=lambda found: Answer({"items": [_certificate(one) for one in found], "total": len(found)}),
        )

    return (
        Endpoint(
            "POST", "/trainings/{training_id}/attendance", "training.attend", attended,
            Words("Quiénes vinieron: cantidades, o la lista", "Who came: numbers, or the list"), {200: TrainingSchema()},
            about=room.training, body=AttendanceSchema(), creating=True, if_match="optional",
        ),
        Endpoint(
            "DELETE", "/trainings/{training_id}/participants/{participant_id}", "training.attend", forgotten,
            Words("Quitar el nombre de una persona de la lista", "Take a person's name off the list"),
            {200: TrainingSchema()}, about=room.training,
        ),
        Endpoint(
            "GET", "/trainings/{training_id}/certificates", "training.certificates", certified,
            Words("Los datos de los certificados", "The data of the certificates"), {200: CertificatesSchema()},
            about=room.training,
        ),
    )


def shown(training: Training) -> dict[str, Any]:
    """A session as it is answered."""
    kept = ("id", "registered_at", "registered_by", "closed_at", "version", "participants", "numbers")
    return {**vars(training.session), **{name: getattr(training, name) for name in kept}}


def _answered(training: Training) -> Answer:
    return Answer(shown(training), version=training.version)


def _read(work: WindowWork, call: Call) -> Training:
    training = training_or_refuse(call.args["training_id"], work=work)
    work.audit.note(call.actor, "training.read", "training", training.id, ("participants",))
    return training


def _certificates(work: WindowWork, call: Call) -> list[Certificate]:
    work.audit.note(call.actor, "training.certificates", "training", call.args["training_id"], ("participants.name",))
    return certificates(work, call.args["training_id"])


def _certificate(one: Certificate) -> dict[str, Any]:
    return {"name": one.name, "code": one.code, **vars(one.session)}


def _patched(session: Session, patch: object) -> Session:
    schema = SessionSchema()
    merged = check(schema, merge_patch(schema.dump(session), patch))
    if isinstance(merged, Session):
        return merged
    message = "the schema of a session makes sessions"
    raise Broken(message)
