"""``claim.answered``: the hub tells a window how the case of a claim code stands; never whose it is or what about."""

from dataclasses import dataclass
from datetime import datetime

from shared.claims import ClaimStatus
from shared.contracts.fields import ValueSchema, code, identifier, moment

NAME = "claim.answered"
VERSION = 1


@dataclass(frozen=True)
class ClaimAnswered:
    """The answer to one ``claim.asked``, as of ``at``; no status: nobody has that code."""

    ask_id: str
    at: datetime
    status: ClaimStatus | None = None


class ClaimAnsweredSchema(ValueSchema):
    """``claim.answered``, version 1."""

    makes = ClaimAnswered
    ask_id = identifier(required=True)
    at = moment(required=True)
    status = code(ClaimStatus, none=True)
