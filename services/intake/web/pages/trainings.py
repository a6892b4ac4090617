"""``/capacitaciones``: sessions for institutions, civil society and schools; who came; certificates."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from marshmallow import Schema, fields, post_load

from services.intake.domain.training import Counts, Session, Training
from services.intake.queries.trainings import WantedTrainings, certificates, training_list
from services.intake.store.work import WindowWork
from services.intake.use_cases.change_training import ChangeTraining, change_training
from services.intake.use_cases.close_training import CloseTraining, close_training
from services.intake.use_cases.record_training import RecordTraining, record_training
from services.intake.use_cases.take_attendance import TakeAttendance, take_attendance
from services.intake.use_cases.training_steps import training_or_refuse
from services.intake.web.forms.reading import day_text
from services.intake.web.forms.trainings import (
    CountsFormSchema,
    NewSessionSchema,
    SentList,
    SessionFormSchema,
    list_sent,
    rows_of,
    session_form,
)
from services.intake.web.pages.counter import Counter
from shared.errors import Refused
from shared.ids import new_id
from shared.security.sessions import Notice
from shared.texts import said
from shared.vocabulary.codes import TrainingAudience, TrainingTopic
from shared.vocabulary.labels import labels
from shared.web.call import Words
from shared.web.forms import NOT_OFFERED, Form, again, filled, shown
from shared.web.languages import LANGUAGES
from shared.web.paging import Page as Part
from shared.web.visit import Entry, Goes, Page, Shown, Visit

TRAININGS = Entry(
    Words("Capacitaciones", "Trainings"),
    Words("Sesiones, asistencia y certificados.", "Sessions, attendance and certificates."),
    "/capacitaciones",
    "training.list",
)
ONE = f"{TRAININGS.path}/{{training_id}}"
SHOWN = 20
LIST_LARGEST = 512 * 1024
"""Bytes of a full list: 500 people at a kilobyte each."""
RECORDED = said("La capacitación quedó anotada. Falta decir quiénes vinieron.")
CHANGED = said("Los cambios quedaron guardados.")
ATTENDED = said("La asistencia quedó guardada.")
NOBODY = said("Escriba al menos una persona.")
CLOSED = said("La capacitación está cerrada y la central recibe las cantidades.")
STALE = said("Otra persona la cambió mientras tanto. Abajo está lo que usted escribió: revíselo y guarde otra vez.")


class WantedSchema(Schema):
    """Which sessions; the names stand in the address."""

    publico = fields.Enum(TrainingAudience, by_value=True, load_default=None, error_messages={"unknown": NOT_OFFERED})
    tema = fields.Enum(TrainingTopic, by_value=True, load_default=None, error_messages={"unknown": NOT_OFFERED})

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> WantedTrainings:
        return WantedTrainings(audience=data["publico"], topic=data["tema"])


def training_pages(counter: Counter) -> tuple[Page, ...]:
    """All screens of trainings."""
    return (_list(counter), *_new(counter), *_one(counter), *_people(counter), _certificates(counter))


def _list(counter: Counter) -> Page:
    def listed(visit: Visit) -> Shown:
        form, part = filled(WantedSchema(), visit.asked), Part.named(visit.asked.get("page", ""), SHOWN)
        wanted = WantedTrainings() if form.errors else form.made(WantedTrainings)
        found = counter.carry_out(visit, lambda work: training_list(work, wanted, offset=part.offset, size=part.size))
        asked = {name: form.value(name) for name in ("publico", "tema") if form.value(name)}
        values = {"form": form, "found": found, "page": part, "query": urlencode(asked), "asked": asked, **_choices(visit)}
        return Shown("intake/trainings.html", values)

    return Page("GET", TRAININGS.path, TRAININGS.act, listed, TRAININGS.label, about=counter.here)


def _new(counter: Counter) -> tuple[Page, ...]:
    def asked(visit: Visit) -> Shown:
        today = shown({"held_on": day_text(counter.room.today())})
        return _session_form(visit, again(visit.typed, today), path=visit.path)

    def recorded(visit: Visit) -> Shown | Goes:
        form = filled(NewSessionSchema(), visit.sent)
        if form.errors:
            return _session_form(visit, form, path=visit.path, status=422)
        request, now = form.made(RecordTraining), counter.room.clock.now()
        made = counter.carry_out(visit, lambda work: record_training(request, by=visit.actor, work=work, now=now))
        return Goes(f"{TRAININGS.path}/{made.id}", Notice("good", RECORDED))

    path, title = f"{TRAININGS.path}/nueva", Words("Capacitación nueva", "New training")
    return (
        Page("GET", path, "training.record", asked, title, about=counter.here),
        Page("POST", path, "training.record", recorded, title, about=counter.here),
    )


def _one(counter: Counter) -> tuple[Page, ...]:
    def seen(visit: Visit) -> Shown:
        return _training(counter, visit)

    def counted(visit: Visit) -> Shown | Goes:
        form = filled(CountsFormSchema(), visit.sent)
        if form.errors:
            return _training(counter, visit, form, 422)
        request = TakeAttendance(visit.args["training_id"], _version(visit), counts=form.made(Counts))
        return _taken(
            counter, visit, lambda work: take_attendance(request, by=visit.actor, work=work), ATTENDED,
            lambda refusal: _training(counter, visit, form.refused(_said(refusal), "women"), 422),
        )

    def closed(visit: Visit) -> Shown | Goes:
        request, now = CloseTraining(visit.args["training_id"]), counter.room.clock.now()
        return _taken(
            counter, visit, lambda work: close_training(request, by=visit.actor, work=work, now=now), CLOSED,
            lambda refusal: _training(counter, visit, Form().refused(refusal, "attendance"), 422),
        )

    def asked(visit: Visit) -> Shown:
        training = _found(counter, visit)
        return _session_form(visit, again(visit.typed, session_form(training.session)), path=visit.path, training=training)

    def changed(visit: Visit) -> Shown | Goes:
        form = filled(SessionFormSchema(), visit.sent)
        if form.errors:
            return _session_form(visit, form, path=visit.path, training=_found(counter, visit), status=422)
        session = form.made(Session)
        request = ChangeTraining(visit.args["training_id"], _version(visit), lambda _before: session)

        def refused(refusal: Refused) -> Shown:
            wrong = form.refused(_said(refusal), "held_on")
            return _session_form(visit, wrong, path=visit.path, training=_found(counter, visit), status=422)

        return _taken(counter, visit, lambda work: change_training(request, by=visit.actor, work=work), CHANGED, refused)

    title, change = Words("Una capacitación", "One training"), Words("Cambiar la capacitación", "Change the training")
    return (
        Page("GET", ONE, "training.read", seen, title, about=counter.training),
        Page("POST", f"{ONE}/cantidades", "training.attend", counted, Words("Cuántas personas", "How many"), about=counter.training),
        Page("POST", f"{ONE}/cerrar", "training.close", closed, Words("Cerrarla", "Close it"), about=counter.training),
        Page("GET", f"{ONE}/cambiar", "training.change", asked, change, about=counter.training),
        Page("POST", f"{ONE}/cambiar", "training.change", changed, change, about=counter.training),
    )


def _people(counter: Counter) -> tuple[Page, ...]:
    def asked(visit: Visit) -> Shown:
        training = _found(counter, visit)
        return _list_form(visit, training, SentList(rows_of(training), ()))

    def listed(visit: Visit) -> Shown | Goes:
        sent = list_sent(visit.sent)
        before = _found(counter, visit)
        if sent.wrong or not (sent.told or before.participants):
            return _list_form(visit, before, sent, "" if sent.wrong else NOBODY, 422)
        request = TakeAttendance(visit.args["training_id"], _version(visit), participants=sent.people)

        def refused(refusal: Refused) -> Shown:
            training = _found(counter, visit)
            if refusal.code == "stale":
                return _list_form(visit, training, sent, STALE, 422)
            return _list_form(visit, training, sent.refused(refusal.fields), status=422)

        return _taken(counter, visit, lambda work: take_attendance(request, by=visit.actor, work=work), ATTENDED, refused)

    path, title = f"{ONE}/lista", Words("La lista", "The list")
    return (
        Page("GET", path, "training.attend", asked, title, about=counter.training),
        Page("POST", path, "training.attend", listed, title, about=counter.training, largest=LIST_LARGEST),
    )


def _certificates(counter: Counter) -> Page:
    def printed(visit: Visit) -> Shown:
        def read(work: WindowWork) -> dict[str, object]:
            training = training_or_refuse(visit.args["training_id"], work=work)
            work.audit.note(visit.actor, "training.certificates", "training", training.id, ("participants.name",))
            return {"training": training, "certificates": certificates(work, training.id)}

        wanted = visit.asked.get("idioma")
        spoken = wanted if wanted in LANGUAGES else visit.language
        values = {"spoken": spoken, "path": visit.path, "back": visit.path.removesuffix("/certificados")}
        return Shown("intake/certificates.html", {**values, **counter.carry_out(visit, read)})

    title = Words("Certificados", "Certificates")
    return Page("GET", f"{ONE}/certificados", "training.certificates", printed, title, about=counter.training)


def _taken(
    counter: Counter, visit: Visit, act: Callable[[WindowWork], object], text: str, refused: Callable[[Refused], Shown]
) -> Shown | Goes:
    try:
        counter.carry_out(visit, act)
    except Refused as refusal:
        return refused(refusal)
    return Goes(f"{TRAININGS.path}/{visit.args['training_id']}", Notice("good", text))


def _said(refusal: Refused) -> Refused:
    """A refusal whose words say what to do about it here."""
    return Refused("stale", fields={"version": [STALE]}) if refusal.code == "stale" else refusal


def _version(visit: Visit) -> int | None:
    """The version that stood in the form."""
    told = visit.sent.get("version", "")
    return int(told) if told.isdecimal() and len(told) < 10 else None


def _found(counter: Counter, visit: Visit) -> Training:
    def read(work: WindowWork) -> Training:
        work.audit.note(visit.actor, "training.read", "training", visit.args["training_id"], ("participants",))
        return training_or_refuse(visit.args["training_id"], work=work)

    return counter.carry_out(visit, read)


def _training(counter: Counter, visit: Visit, form: Form | None = None, status: int = 200) -> Shown:
    training = _found(counter, visit)
    numbers = training.counts
    typed = shown({"women": str(numbers.women), "men": str(numbers.men), "others": str(numbers.others)}) if numbers else Form()
    values = {"training": training, "form": form or typed, "path": f"{TRAININGS.path}/{training.id}", "today": counter.room.today()}
    return Shown("intake/training.html", values, status)


def _session_form(visit: Visit, form: Form, *, path: str, training: Training | None = None, status: int = 200) -> Shown:
    values = {"form": form, "path": path, "training": training, "training_id": new_id(), **_choices(visit)}
    return Shown("intake/training_form.html", values, status)


def _list_form(visit: Visit, training: Training, sent: SentList, text: str = "", status: int = 200) -> Shown:
    values = {
        "training": training, "rows": sent.rows, "path": f"{TRAININGS.path}/{training.id}", "stale": text,
        "sexes": list(labels("sex", visit.language).items()), "wrong": any(row.errors for row in sent.rows),
    }
    return Shown("intake/training_list.html", values, status)


def _choices(visit: Visit) -> dict[str, object]:
    return {
        "audiences": list(labels("training_audience", visit.language).items()),
        "topics": list(labels("training_topic", visit.language).items()),
    }
