"""What comes into the hub's API: each body becomes one frozen value."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.referrals.domain.limits import LEAST_WORDS
from services.referrals.queries.audit_list import WantedAudit
from services.referrals.queries.desk import SORTS, Wanted
from services.referrals.use_cases.request_referral import RequestReferral
from shared.contracts.fields import LONG, Flag, ValueSchema, code, identifier, moment, text
from shared.vocabulary.codes import (
    CancelReason,
    ErasureAnswer,
    FailReason,
    HoldReason,
    Need,
    NeedMet,
    Outcome,
    ReferralStatus,
    RejectReason,
    Urgency,
)
from shared.web.paging import Page, PageQuery
from shared.web.query import YesNo

SYSTEMS_OWN = frozenset({CancelReason.BLOCKED, CancelReason.FORWARDED, CancelReason.CONSENT_WITHDRAWN})
"""Reasons that only routing, ``forward`` and a withdrawal can be."""


def _enough(words: str) -> None:
    if len(words.strip()) < LEAST_WORDS:
        message = f"Explique el motivo con {LEAST_WORDS} caracteres o más."
        raise ValidationError(message)


@dataclass(frozen=True)
class Reject:
    """What ``RejectSchema`` reads."""

    reason: RejectReason
    text: str
    suggest: str | None = None


class RejectSchema(ValueSchema):
    """``{reason, text, suggest?}``."""

    makes = Reject
    reason = code(RejectReason, required=True)
    text = fields.String(required=True, validate=[validate.Length(max=LONG), _enough])
    suggest = identifier(none=True)


@dataclass(frozen=True)
class Start:
    """What ``StartSchema`` reads."""

    responsible: str | None = None


class StartSchema(ValueSchema):
    """``{responsible?}``."""

    makes = Start
    responsible = identifier(none=True)


@dataclass(frozen=True)
class Hold:
    """What ``HoldSchema`` reads."""

    reason: HoldReason
    review_on: date


class HoldSchema(ValueSchema):
    """``{reason, review_on}``."""

    makes = Hold
    reason = code(HoldReason, required=True)
    review_on = fields.Date(format="iso", required=True)


@dataclass(frozen=True)
class Complete:
    """What ``CompleteSchema`` reads."""

    outcome: Outcome
    service_delivered: bool
    need_met: NeedMet
    text: str | None = None


class CompleteSchema(ValueSchema):
    """``{outcome, service_delivered, need_met, text?}``."""

    makes = Complete
    outcome = code(Outcome, required=True)
    service_delivered = Flag(required=True)
    need_met = code(NeedMet, required=True)
    text = text(longest=LONG, none=True)


@dataclass(frozen=True)
class Fail:
    """What ``FailSchema`` reads."""

    reason: FailReason
    text: str | None = None


class FailSchema(ValueSchema):
    """``{reason, text?}``."""

    makes = Fail
    reason = code(FailReason, required=True)
    text = text(longest=LONG, none=True)


@dataclass(frozen=True)
class Cancel:
    """What ``CancelSchema`` reads."""

    reason: CancelReason
    text: str | None = None


class CancelSchema(ValueSchema):
    """``{reason, text?}``."""

    makes = Cancel
    reason = fields.Enum(
        CancelReason, by_value=True, required=True,
        validate=validate.NoneOf(SYSTEMS_OWN, error="Ese motivo lo pone el sistema."),
    )
    text = text(longest=LONG, none=True)


@dataclass(frozen=True)
class Forward:
    """What ``ForwardSchema`` reads."""

    institution: str
    text: str
    assurance_reason: str = ""


class ForwardSchema(ValueSchema):
    """``{institution, text, assurance_reason?}``."""

    makes = Forward
    institution = identifier(required=True)
    assurance_reason = text(longest=LONG)
    text = text(required=True, longest=LONG, blank=False)


@dataclass(frozen=True)
class Schedule:
    """What ``ScheduleSchema`` reads."""

    at: datetime
    place: str
    bring: tuple[str, ...] = ()


class ScheduleSchema(ValueSchema):
    """``{at, place, bring: []}``."""

    makes = Schedule
    at = moment(required=True)
    place = text(required=True, blank=False)
    bring = fields.List(text(blank=False), validate=validate.Length(max=20))


@dataclass(frozen=True)
class Words:
    """What ``WordsSchema`` reads."""

    text: str


class WordsSchema(ValueSchema):
    """``{text}``."""

    makes = Words
    text = text(required=True, longest=LONG, blank=False)


@dataclass(frozen=True)
class Assign:
    """What ``AssignSchema`` reads."""

    to: str


class AssignSchema(ValueSchema):
    """``{to}``."""

    makes = Assign
    to = identifier(required=True)


@dataclass(frozen=True)
class Why:
    """What ``WhySchema`` reads."""

    reason: str


class WhySchema(ValueSchema):
    """``{reason}``."""

    makes = Why
    reason = text(required=True, longest=LONG, blank=False)


@dataclass(frozen=True)
class ErasureAnswered:
    """What ``AnswerErasureSchema`` reads."""

    answer: ErasureAnswer
    duty: str = ""


class AnswerErasureSchema(ValueSchema):
    """``{answer, duty}``; ``duty`` is required with ``restricted``."""

    makes = ErasureAnswered
    answer = code(ErasureAnswer, required=True)
    duty = text(longest=LONG)


@dataclass(frozen=True)
class OwnNumber:
    """What ``OwnNumberSchema`` reads."""

    institution_ref: str | None = None


class OwnNumberSchema(ValueSchema):
    """``{institution_ref}``."""

    makes = OwnNumber
    institution_ref = text(longest=100, none=True)


class RequestReferralSchema(ValueSchema):
    """``{case_id, institution, needs: [code], text, assurance_reason?}``."""

    makes = RequestReferral
    case_id = identifier(required=True)
    institution = identifier(required=True)
    needs = fields.List(
        fields.Enum(Need, by_value=True, validate=validate.NoneOf([Need.INFORMATION], error="No se refiere una orientación.")),
        required=True, validate=validate.Length(min=1, max=30),
    )
    assurance_reason = text(longest=LONG)
    text = text(longest=LONG)


@dataclass(frozen=True)
class AskedList:
    """What of the desk is asked for, and which page of it."""

    wanted: Wanted
    page: Page


class DeskQuery(PageQuery):
    """``?institution=&status=&urgency=&overdue=&window=&need=&q=&sort=`` and the page."""

    institution = identifier()
    status = code(ReferralStatus)
    urgency = code(Urgency)
    overdue = YesNo()
    window = identifier()
    need = code(Need)
    q = text()
    sort = fields.String(validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")]))

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedList:
        page = Page.of(data)
        return AskedList(Wanted(**{name: value for name, value in data.items() if name not in {"page", "page_size"}}), page)


@dataclass(frozen=True)
class AskedAudit:
    """What of the audit is asked for, and which page of it."""

    wanted: WantedAudit
    page: Page


class AuditQuery(PageQuery):
    """``?who=&act=&kind=&object_id=`` and the page."""

    who = identifier()
    act = text()
    kind = text()
    object_id = text()

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedAudit:
        page = Page.of(data)
        return AskedAudit(WantedAudit(**{name: value for name, value in data.items() if name not in {"page", "page_size"}}), page)


@dataclass(frozen=True)
class AskedPreview:
    """Where a preview stands."""

    window: str | None = None


class PreviewQuery(ValueSchema):
    """``?window=``."""

    makes = AskedPreview
    window = identifier()
