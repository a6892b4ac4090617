"""``case.closed``: the window closed a case; open referrals are cancelled or asked to stop."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.fields import LONG, ValueSchema, code, identifier, moment, text, whole
from shared.vocabulary.codes import CloseReason

NAME = "case.closed"
VERSION = 1


@dataclass(frozen=True)
class CaseClosed:
    """A case is closed, for a reason."""

    case_id: str
    incarnation: int
    version: int
    reason: CloseReason
    closed_at: datetime
    text: str = ""


class CaseClosedSchema(ValueSchema):
    """``case.closed``, version 1."""

    makes = CaseClosed
    case_id = identifier(required=True)
    incarnation = whole(required=True, least=1)
    version = whole(required=True, least=1)
    reason = code(CloseReason, required=True)
    closed_at = moment(required=True)
    text = text(longest=LONG)
