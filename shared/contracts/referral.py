"""A referral as its window and the notifications service are told of it; parts of ``referral.updated``."""

from dataclasses import dataclass
from datetime import datetime

from marshmallow import fields

from shared.contracts.fields import (
    LONG,
    Flag,
    ValueSchema,
    code,
    codes,
    identifier,
    language,
    moment,
    text,
    whole,
)
from shared.vocabulary.codes import ErasureAnswer, Need, ReferralStatus, Urgency


@dataclass(frozen=True)
class Reason:
    """Why a referral exists: the rule that fired, in both languages."""

    rule: str
    es: str
    en: str


@dataclass(frozen=True)
class Appointment:
    """When, where and what to bring; ``kept`` is None until it is known."""

    at: datetime
    place: str
    bring: tuple[str, ...] = ()
    kept: bool | None = None


@dataclass(frozen=True)
class Erasure:
    """That the institution was asked to erase what it held, and its answer; ``duty`` says why it may not erase it."""

    asked_at: datetime
    answer: ErasureAnswer | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    duty: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    """One thing that happened: ``change`` as in contracts.md, ``by`` a user or ``routing``."""

    at: datetime
    change: str
    by: str
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class ReferralState:
    """The whole state of a referral, as far as its window of origin may see it (all but the institution's notes).

    ``stop_due_at``: until when a stop request is to be answered. ``accepted_at``: since when the institution has known
    the person; None where it never did.
    """

    id: str
    case_id: str
    case_code: str
    person_id: str
    window: str
    institution: str
    status: ReferralStatus
    urgency: Urgency
    needs: tuple[Need, ...]
    reasons: tuple[Reason, ...]
    created_at: datetime
    ack_due_at: datetime | None
    due_at: datetime | None
    version: int
    stop_requested: bool = False
    escalated: bool = False
    appointment: Appointment | None = None
    institution_ref: str | None = None
    replaces: str | None = None
    hops: int = 0
    responsible: str | None = None
    suggested_institution: str | None = None
    outcome: str | None = None
    service_delivered: bool | None = None
    need_met: str | None = None
    review_on: str | None = None
    accepted_at: datetime | None = None
    stop_due_at: datetime | None = None
    erasure: Erasure | None = None
    history: tuple[HistoryEntry, ...] = ()


@dataclass(frozen=True)
class PersonContact:
    """The person's safe contact; present only where ``safe_to_contact`` and purpose ``contact`` allow it."""

    phone: str
    language: str
    channel: str = ""
    hours: str = ""
    words: str = ""


@dataclass(frozen=True)
class Notice:
    """Who is to be told: ``institution``, ``window``, ``supervisor``, ``person``, ``alternate``, ``coordinator``; never what of.

    ``silences``: a consent was taken back, so what still waits to be sent about this referral is not sent any more.
    """

    audiences: tuple[str, ...]
    by: str
    batch: str | None = None
    person: PersonContact | None = None
    silences: bool = False


class ReasonSchema(ValueSchema):
    """``reasons[]``."""

    makes = Reason
    rule = text(required=True)
    es = text(required=True, longest=LONG)
    en = text(required=True, longest=LONG)


class AppointmentSchema(ValueSchema):
    """``appointment``."""

    makes = Appointment
    at = moment(required=True)
    place = text(required=True)
    bring = fields.List(text())
    kept = Flag(allow_none=True)


class ErasureSchema(ValueSchema):
    """``erasure``."""

    makes = Erasure
    asked_at = moment(required=True)
    answer = code(ErasureAnswer, none=True)
    answered_at = moment(none=True)
    answered_by = text(none=True)
    duty = text(longest=LONG)


class HistoryEntrySchema(ValueSchema):
    """``history[]``."""

    makes = HistoryEntry
    at = moment(required=True)
    change = text(required=True)
    by = text(required=True)
    reason = text(none=True)
    text = text(longest=LONG, none=True)


class ReferralStateSchema(ValueSchema):
    """``referral``."""

    makes = ReferralState
    id = identifier(required=True)
    case_id = identifier(required=True)
    case_code = text(required=True)
    person_id = identifier(required=True)
    window = identifier(required=True)
    institution = identifier(required=True)
    status = code(ReferralStatus, required=True)
    urgency = code(Urgency, required=True)
    needs = codes(Need, required=True)
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)
    created_at = moment(required=True)
    ack_due_at = moment(required=True, none=True)
    due_at = moment(required=True, none=True)
    version = whole(required=True)
    stop_requested = Flag()
    escalated = Flag()
    appointment = fields.Nested(AppointmentSchema, allow_none=True)
    institution_ref = text(none=True)
    replaces = identifier(none=True)
    hops = whole()
    responsible = text(none=True)
    suggested_institution = identifier(none=True)
    outcome = text(none=True)
    service_delivered = Flag(allow_none=True)
    need_met = text(none=True)
    review_on = text(none=True)
    accepted_at = moment(none=True)
    stop_due_at = moment(none=True)
    erasure = fields.Nested(ErasureSchema, allow_none=True)
    history = fields.List(fields.Nested(HistoryEntrySchema))


class PersonContactSchema(ValueSchema):
    """``notice.person``."""

    makes = PersonContact
    phone = text(required=True)
    language = language(required=True)
    channel = text()
    hours = text()
    words = text()


class NoticeSchema(ValueSchema):
    """``notice``."""

    makes = Notice
    audiences = fields.List(text(), required=True)
    by = text(required=True)
    batch = text(none=True)
    person = fields.Nested(PersonContactSchema, allow_none=True)
    silences = Flag()
