"""What waits for somebody at the window, worked out from a case and what the hub said of it. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from services.intake.domain.case import Case, CaseStatus
from shared.vocabulary.codes import ConsentGround, ConsentStatus


class Task(StrEnum):
    """What is to be done."""

    APPROVE_GROUND = "approve_ground"
    REVIEW_GROUND = "review_ground"
    RENEW_CONSENT = "renew_consent"
    DECLARATION = "declaration_missing"
    BEST_INTERESTS = "best_interests_missing"
    CALL_EMERGENCY = "call_emergency"
    LOOK_AT_BLOCK = "look_at_block"
    STOP_UNANSWERED = "stop_unanswered"
    DECLINED = "declined"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    APPOINTMENT = "appointment"
    FOLLOW_UP = "follow_up"


SAID: Mapping[Task, tuple[str, str]] = {
    Task.APPROVE_GROUND: ("Falta que supervisión apruebe el fundamento.", "A supervisor has to approve the ground."),
    Task.REVIEW_GROUND: ("Toca revisar el fundamento aprobado.", "The approved ground is to be reviewed."),
    Task.RENEW_CONSENT: ("El consentimiento venció; pregunte si lo renueva.", "The consent has run out; ask whether it is renewed."),
    Task.DECLARATION: ("Falta la orientación o la declaración de voluntariedad.", "Guidance or declaration of voluntariness is missing."),
    Task.BEST_INTERESTS: ("Falta la determinación del interés superior.", "The best-interests decision is missing."),
    Task.CALL_EMERGENCY: ("Llame a emergencias y anote que se hizo.", "Call the emergency services and record that it was done."),
    Task.LOOK_AT_BLOCK: ("Un bloqueo retiró esta referencia; revise con la persona.", "A block took this referral back; look at it with the person."),
    Task.STOP_UNANSWERED: ("La institución no contestó la solicitud de alto.", "The institution has not answered the stop request."),
    Task.DECLINED: ("La institución declinó o no lo logró; decida con la persona qué sigue.", "The institution declined or could not do it; decide with the person what comes next."),
    Task.OVERDUE: ("La institución no contestó a tiempo; escríbale o llámele.", "The institution has not answered in time; write or call."),
    Task.ANSWERED: ("Llegó una respuesta que nadie ha visto.", "An answer has come that nobody has seen."),
    Task.APPOINTMENT: ("Tiene una cita hoy.", "Has an appointment today."),
    Task.FOLLOW_UP: ("Toca dar seguimiento.", "A follow-up is due."),
}
"""What staff read, in Spanish and English."""
NOTED = (Task.DECLARATION, Task.BEST_INTERESTS, Task.CALL_EMERGENCY)
"""Tasks that are a note of routing, by its code (R10, R2, R4)."""
FOR_SUPERVISORS = frozenset({Task.APPROVE_GROUND, Task.REVIEW_GROUND, Task.LOOK_AT_BLOCK})


@dataclass(frozen=True)
class Todo:
    """One thing that waits, from ``since`` on and before ``until``; ``about`` is the referral or follow-up, if it is about one."""

    task: Task
    since: datetime
    about: str | None = None
    until: datetime | None = None

    @property
    def for_supervisor(self) -> bool:
        """Whether only a supervisor can do it."""
        return self.task in FOR_SUPERVISORS


@dataclass(frozen=True)
class Referred:
    """What of a referral may wait for somebody: a stop request due at a time, or that a block took it back.

    ``due_at``: until when the institution has to say something; ``declined_at``: it ended without help and was not
    referred again; ``answered_at``: the institution's last word; ``meets``: begin and end of the day of an appointment
    that is still to be kept.
    """

    id: str
    stop_due_at: datetime | None = None
    blocked_at: datetime | None = None
    due_at: datetime | None = None
    declined_at: datetime | None = None
    answered_at: datetime | None = None
    meets: tuple[datetime, datetime] | None = None


@dataclass(frozen=True)
class Looked:
    """When a supervisor last looked at what blocks took back, and when anybody last looked at the answers."""

    at_blocks: datetime | None = None
    at_answers: datetime | None = None


def todos_of(
    case: Case,
    *,
    noted: Collection[str],
    referred: Sequence[Referred],
    looked: Looked,
    follow_ups: Mapping[str, datetime],
) -> tuple[Todo, ...]:
    """Everything that waits now or will by time alone; of a closed case only what institutions owe.

    ``noted`` are the codes that routing noted; ``follow_ups`` are those not done yet, with the begin of their day.
    """
    open_case = case.status is CaseStatus.OPEN
    found = [*_of_consent(case), *_of_notes(case, noted), *_of_referrals(referred, looked)] if open_case else []
    found += [Todo(Task.FOLLOW_UP, at, one) for one, at in follow_ups.items()] if open_case else []
    found += [Todo(Task.STOP_UNANSWERED, one.stop_due_at, one.id) for one in referred if one.stop_due_at]
    for one in referred:
        if open_case and one.blocked_at and (looked.at_blocks is None or one.blocked_at > looked.at_blocks):
            found.append(Todo(Task.LOOK_AT_BLOCK, one.blocked_at, one.id))
    return tuple(found)


def _of_referrals(referred: Sequence[Referred], looked: Looked) -> Iterator[Todo]:
    for one in referred:
        if one.declined_at:
            yield Todo(Task.DECLINED, one.declined_at, one.id)
        if one.due_at:
            yield Todo(Task.OVERDUE, one.due_at, one.id)
        if one.answered_at and (looked.at_answers is None or one.answered_at > looked.at_answers):
            yield Todo(Task.ANSWERED, one.answered_at, one.id)
        if one.meets:
            yield Todo(Task.APPOINTMENT, one.meets[0], one.id, one.meets[1])


def _of_consent(case: Case) -> Iterator[Todo]:
    record, approval = case.consent, case.ground_approval
    if record.withdrawn_at is not None:
        return
    if record.consent.ground is not ConsentGround.CONSENT:
        if approval is None:
            yield Todo(Task.APPROVE_GROUND, record.recorded_at)
        else:
            yield Todo(Task.REVIEW_GROUND, _begin(approval.review_on))
    elif record.consent.status is ConsentStatus.GRANTED:
        yield Todo(Task.RENEW_CONSENT, _begin(record.ends_on + timedelta(days=1)))


def _of_notes(case: Case, noted: Collection[str]) -> Iterator[Todo]:
    for task in NOTED:
        if task.value in noted:
            yield Todo(task, case.registered_at)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
