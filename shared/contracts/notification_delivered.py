"""``notification.delivered``: a message left by its channel and was taken."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.fields import ValueSchema, identifier, moment, text, whole

NAME = "notification.delivered"
VERSION = 1


@dataclass(frozen=True)
class NotificationDelivered:
    """One row of the ledger reached its end well."""

    notification_id: str
    referral_id: str | None
    channel: str
    recipient: str
    at: datetime
    attempts: int


class NotificationDeliveredSchema(ValueSchema):
    """``notification.delivered``, version 1."""

    makes = NotificationDelivered
    notification_id = identifier(required=True)
    referral_id = identifier(required=True, none=True)
    channel = text(required=True)
    recipient = text(required=True)
    at = moment(required=True)
    attempts = whole(required=True)
