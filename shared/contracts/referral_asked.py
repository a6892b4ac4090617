"""``referral.asked``: a window asks the hub to do something to a referral; the answer is a ``referral.updated``."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.contracts.fields import LONG, ValueSchema, code, identifier, moment, text

NAME = "referral.asked"
VERSION = 1


class Ask(StrEnum):
    """What a window may ask for."""

    CANCEL = "cancel"
    COMMENT = "comment"
    RE_REFER = "re-refer"
    MARK_IN_ERROR = "mark-in-error"


@dataclass(frozen=True)
class ReferralAsked:
    """One request; ``ask_id`` names it in the answer (``change`` ``ask-refused`` when it could not be done).

    ``assurance_reason`` says why it is referred again to a service that nobody stands by.
    """

    ask_id: str
    case_id: str
    referral_id: str
    ask: Ask
    asked_by: str
    asked_at: datetime
    reason: str | None = None
    text: str = ""
    institution: str | None = None
    assurance_reason: str = ""


class ReferralAskedSchema(ValueSchema):
    """``referral.asked``, version 1."""

    makes = ReferralAsked
    ask_id = identifier(required=True)
    case_id = identifier(required=True)
    referral_id = identifier(required=True)
    ask = code(Ask, required=True)
    asked_by = text(required=True)
    asked_at = moment(required=True)
    reason = text(none=True)
    assurance_reason = text(longest=LONG)
    text = text(longest=LONG)
    institution = identifier(none=True)
