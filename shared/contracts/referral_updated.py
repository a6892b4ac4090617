"""``referral.updated``: the hub tells a window, or the notifications service, that a referral changed.

To a window it carries ``referral``, the whole state; to notifications ``notice``, who is to be told.
"""

from dataclasses import dataclass
from datetime import datetime

from marshmallow import fields

from shared.contracts.fields import ValueSchema, code, identifier, moment, text
from shared.contracts.referral import Notice, NoticeSchema, ReferralState, ReferralStateSchema
from shared.vocabulary.codes import Urgency

NAME = "referral.updated"
VERSION = 1

CHANGES = (
    "requested",
    "received",
    "accepted",
    "rejected",
    "in-progress",
    "on-hold",
    "completed",
    "failed",
    "cancelled",
    "entered-in-error",
    "forwarded",
    "scheduled",
    "commented",
    "overdue",
    "stop-requested",
    "reopened",
    "changed",
    "consent-withdrawn",
    "consent-lapsed",
    "erasure-asked",
    "erasure-answered",
    "ask-refused",
)
"""What can have happened. Ours besides contracts.md: ``reopened``; ``changed`` (needs, urgency or owner, no state);
``consent-withdrawn`` (of one that is over and was never accepted), ``consent-lapsed`` (it ran out: access is closed, the
state stays), ``erasure-asked`` and ``erasure-answered``;
``ask-refused`` (a window's request that could not be done, ``reason`` says why)."""


@dataclass(frozen=True)
class ReferralUpdated:
    """One change of one referral. The highest ``referral.version`` counts; ``notice`` is told once per event id."""

    change: str
    referral_id: str
    case_id: str
    window: str
    institution: str
    urgency: Urgency
    at: datetime
    reason: str | None = None
    ask_id: str | None = None
    referral: ReferralState | None = None
    notice: Notice | None = None


class ReferralUpdatedSchema(ValueSchema):
    """``referral.updated``, version 1."""

    makes = ReferralUpdated
    change = text(required=True)
    referral_id = identifier(required=True)
    case_id = identifier(required=True)
    window = identifier(required=True)
    institution = identifier(required=True)
    urgency = code(Urgency, required=True)
    at = moment(required=True)
    reason = text(none=True)
    ask_id = identifier(none=True)
    referral = fields.Nested(ReferralStateSchema, allow_none=True)
    notice = fields.Nested(NoticeSchema, allow_none=True)
