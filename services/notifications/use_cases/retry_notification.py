"""A coordinator sends again what was given up, when the cause has been put right."""

from dataclasses import dataclass
from datetime import datetime

from services.notifications.domain.delivery import sent_again
from services.notifications.use_cases.ports import Entry, Work
from shared.errors import Refused
from shared.security.identities import Actor


@dataclass(frozen=True)
class RetryNotification:
    """Which ledger row."""

    notification_id: str


def retry_notification(request: RetryNotification, *, by: Actor, work: Work, now: datetime) -> Entry:
    """Make a failed message due now, with a new row of attempts; anything else is ``wrong_state``."""
    entry = work.ledger.get(request.notification_id)
    if entry is None:
        raise Refused("not_found")
    standing = sent_again(entry.standing, now=now)
    work.ledger.save(entry.id, standing)
    work.audit.note(by, "notification.retry", "notification", entry.id, ("status",))
    return Entry(entry.id, entry.notice, standing, entry.created_at)
