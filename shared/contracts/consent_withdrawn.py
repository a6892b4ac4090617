"""``consent.withdrawn``: sharing stops at once; open referrals are cancelled or asked to stop."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.fields import ValueSchema, identifier, moment, whole

NAME = "consent.withdrawn"
VERSION = 1


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A person took a consent back. Final for that ``consent_id``: no replay or later version revives it."""

    case_id: str
    consent_id: str
    incarnation: int
    version: int
    withdrawn_at: datetime


class ConsentWithdrawnSchema(ValueSchema):
    """``consent.withdrawn``, version 1."""

    makes = ConsentWithdrawn
    case_id = identifier(required=True)
    consent_id = identifier(required=True)
    incarnation = whole(required=True, least=1)
    version = whole(required=True, least=1)
    withdrawn_at = moment(required=True)
