"""``POST /referrals/{id}/ACTION``: one line for each act, from its body to its use case."""

from collections.abc import Callable
from datetime import datetime

from marshmallow import Schema

from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Referral
from services.referrals.queries.one_referral import subject
from services.referrals.store.work import HubWork
from services.referrals.use_cases.accept_referral import AcceptReferral, accept_referral
from services.referrals.use_cases.answer_erasure import AnswerErasure, answer_erasure
from services.referrals.use_cases.assign_referral import AssignReferral, assign_referral
from services.referrals.use_cases.cancel_referral import CancelReferral, cancel_referral
from services.referrals.use_cases.claim_referral import ClaimReferral, claim_referral
from services.referrals.use_cases.comment_referral import CommentReferral, comment_referral
from services.referrals.use_cases.complete_referral import CompleteReferral, complete_referral
from services.referrals.use_cases.fail_referral import FailReferral, fail_referral
from services.referrals.use_cases.file_under import FileUnder, file_under
from services.referrals.use_cases.forward_referral import ForwardReferral, forward_referral
from services.referrals.use_cases.hold_referral import HoldReferral, hold_referral
from services.referrals.use_cases.mark_in_error import MarkInError, mark_in_error
from services.referrals.use_cases.note_referral import NoteReferral, note_referral
from services.referrals.use_cases.receive_referral import ReceiveReferral, receive_referral
from services.referrals.use_cases.reject_referral import RejectReferral, reject_referral
from services.referrals.use_cases.reopen_referral import ReopenReferral, reopen_referral
from services.referrals.use_cases.resume_referral import ResumeReferral, resume_referral
from services.referrals.use_cases.schedule_appointment import ScheduleAppointment, schedule_appointment
from services.referrals.use_cases.start_referral import StartReferral, start_referral
from services.referrals.web.api.v1 import bodies
from services.referrals.web.api.v1.room import Room
from services.referrals.web.api.v1.schemas import ReferralSchema
from shared.persistence.perform import Rendered
from shared.security.identities import Actor, Subject
from shared.web import bodies as web_bodies
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Nothing, Words

Does = Callable[[Call, Actor, HubWork, datetime], Referral]
"""An act carried out for somebody."""


def _of(call: Call) -> tuple[str, int | None]:
    return call.args["id"], call.version


def _receive(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return receive_referral(ReceiveReferral(*_of(call)), by=by, work=work, now=now)


def _accept(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return accept_referral(AcceptReferral(*_of(call)), by=by, work=work, now=now)


def _reject(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return reject_referral(RejectReferral(*_of(call), **vars(call.body(bodies.Reject))), by=by, work=work, now=now)


def _start(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return start_referral(StartReferral(*_of(call), **vars(call.body(bodies.Start))), by=by, work=work, now=now)


def _hold(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return hold_referral(HoldReferral(*_of(call), **vars(call.body(bodies.Hold))), by=by, work=work, now=now)


def _resume(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return resume_referral(ResumeReferral(*_of(call)), by=by, work=work, now=now)


def _complete(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return complete_referral(CompleteReferral(*_of(call), **vars(call.body(bodies.Complete))), by=by, work=work, now=now)


def _fail(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return fail_referral(FailReferral(*_of(call), **vars(call.body(bodies.Fail))), by=by, work=work, now=now)


def _cancel(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return cancel_referral(CancelReferral(*_of(call), **vars(call.body(bodies.Cancel))), by=by, work=work, now=now)


def _forward(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return forward_referral(ForwardReferral(*_of(call), **vars(call.body(bodies.Forward))), by=by, work=work, now=now)


def _schedule(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    asked = call.body(bodies.Schedule)
    meeting = Meeting(asked.at, asked.place, asked.bring)
    return schedule_appointment(ScheduleAppointment(*_of(call), meeting=meeting), by=by, work=work, now=now)


def _comment(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return comment_referral(CommentReferral(*_of(call), text=call.body(bodies.Words).text), by=by, work=work, now=now)


def _note(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return note_referral(NoteReferral(*_of(call), text=call.body(bodies.Words).text), by=by, work=work, now=now)


def _claim(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return claim_referral(ClaimReferral(*_of(call)), by=by, work=work, now=now)


def _assign(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return assign_referral(AssignReferral(*_of(call), to=call.body(bodies.Assign).to), by=by, work=work, now=now)


def _reopen(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return reopen_referral(ReopenReferral(*_of(call)), by=by, work=work, now=now)


def _mark(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    return mark_in_error(MarkInError(*_of(call), reason=call.body(bodies.Why).reason), by=by, work=work, now=now)


def _erasure(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    request = AnswerErasure(*_of(call), **vars(call.body(bodies.ErasureAnswered)))
    return answer_erasure(request, by=by, work=work, now=now)


def _file(call: Call, by: Actor, work: HubWork, now: datetime) -> Referral:
    given = web_bodies.check(bodies.OwnNumberSchema(), call.raw)
    number = given.institution_ref if isinstance(given, bodies.OwnNumber) else None
    return file_under(FileUnder(*_of(call), institution_ref=number or None), by=by, work=work, now=now)


_NONE = Nothing()
ACTS: tuple[tuple[str, Schema, Does, Words, tuple[str, ...]], ...] = (
    ("receive", _NONE, _receive, Words("La abrió un oficial", "An officer opened it"), ()),
    ("accept", _NONE, _accept, Words("Aceptarla: se muestran los datos", "Accept it: the data are shown"), ("no_consent",)),
    ("reject", bodies.RejectSchema(), _reject, Words("Rechazarla, con motivo", "Reject it, with a reason"), ()),
    ("start", bodies.StartSchema(), _start, Words("Empezar", "Start"), ()),
    ("hold", bodies.HoldSchema(), _hold, Words("Dejarla en espera", "Put it on hold"), ()),
    ("resume", _NONE, _resume, Words("Retomarla", "Take it up again"), ()),
    ("complete", bodies.CompleteSchema(), _complete, Words("Completarla", "Complete it"), ()),
    ("fail", bodies.FailSchema(), _fail, Words("No se pudo", "It could not be done"), ()),
    ("cancel", bodies.CancelSchema(), _cancel, Words("Cancelarla", "Cancel it"), ()),
    (
        "forward", bodies.ForwardSchema(), _forward, Words("Pasarla a otra institución", "Hand it on"),
        ("institution_unavailable", "not_assured", "open_referral", "too_many_hops"),
    ),
    ("schedule", bodies.ScheduleSchema(), _schedule, Words("Dar una cita", "Give an appointment"), ()),
    ("comments", bodies.WordsSchema(), _comment, Words("Escribir a la ventanilla", "Write to the window"), ()),
    ("note", bodies.WordsSchema(), _note, Words("Nota interna", "The institution's own note"), ()),
    ("claim", _NONE, _claim, Words("Hacerse responsable", "Take responsibility"), ()),
    ("assign", bodies.AssignSchema(), _assign, Words("Asignarla a otra persona", "Give it to a colleague"), ()),
    ("reopen", _NONE, _reopen, Words("Reabrirla", "Reopen it"), ("open_referral",)),
    ("mark-in-error", bodies.WhySchema(), _mark, Words("Fue un error", "It was a mistake"), ()),
    ("erasure", bodies.AnswerErasureSchema(), _erasure, Words("Qué pasó con los datos", "What became of the data"), ()),
)
"""Name, body, act, words and what besides ``wrong_state`` and ``stale`` it may refuse."""


def act_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """One endpoint for each act, and the institution's own file number."""
    acts = tuple(
        Endpoint(
            "POST",
            f"/referrals/{{id}}/{name}",
            f"referral.{name}",
            _view(room, does),
            words,
            {200: ReferralSchema()},
            about=_about(room),
            body=body,
            creating=True,
            if_match="optional",
            refuses=("stale", "wrong_state", *refuses),
            tag="referrals",
        )
        for name, body, does, words, refuses in ACTS
    )
    number = Endpoint(
        "PATCH",
        "/referrals/{id}",
        "referral.change",
        _view(room, _file),
        Words("El número de expediente propio de la institución", "The institution's own file number"),
        {200: ReferralSchema()},
        about=_about(room),
        body=bodies.OwnNumberSchema(),
        merge_patch=True,
        if_match="optional",
        refuses=("stale",),
        tag="referrals",
    )
    return (*acts, number)


def _about(room: Room) -> Callable[[Call], Subject | None]:
    def about(call: Call) -> Subject | None:
        with room.database.read() as connection:
            return subject(connection, room.tables, room.country.node, call.args["id"])

    return about


def _view(room: Room, does: Does) -> Callable[[Call], Rendered]:
    def view(call: Call) -> Rendered:
        def act(work: HubWork) -> Answer:
            one = does(call, call.actor, work, room.clock.now())
            return room.after(work, one, call.actor)

        return room.acts.carry_out(
            call,
            act,
            about=lambda work: subject(work.connection, room.tables, room.country.node, call.args["id"]),
            answer=lambda answer: answer,
        )

    return view
