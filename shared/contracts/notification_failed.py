"""``notification.failed``: a message could not be delivered and is given up, visibly."""

from dataclasses import dataclass

from shared.contracts.fields import text
from shared.contracts.notification_delivered import NotificationDelivered, NotificationDeliveredSchema

NAME = "notification.failed"
VERSION = 1


@dataclass(frozen=True)
class NotificationFailed(NotificationDelivered):
    """One row of the ledger was given up, for a reason."""

    reason: str = ""


class NotificationFailedSchema(NotificationDeliveredSchema):
    """``notification.failed``, version 1."""

    makes = NotificationFailed
    reason = text()
