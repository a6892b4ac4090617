"""The ledger as people read it (``GET /notifications``)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, select, true

from services.notifications.domain.delivery import Fault, Status, Suppression
from services.notifications.domain.telling import Channel
from services.notifications.store.tables import ledger
from shared.security.identities import Actor, Role
from shared.vocabulary.codes import Urgency

SEE_ALL = frozenset({Role.COORDINATOR, Role.REGIONAL_COORDINATOR, Role.AUDITOR, Role.SYSTEM})
"""Who sees everybody's; each other user sees what was meant for them."""


@dataclass(frozen=True)
class NotificationRow:
    """One row: who was to be told of what in which words, and what became of it. No address, no person."""

    id: str
    event_id: str
    referral_id: str | None
    channel: Channel
    recipient: str
    audience: str
    message: str
    urgency: Urgency
    language: str
    count: int
    status: Status
    reason: Suppression | None
    fault: Fault | None
    attempts: int
    unsure: int
    next_attempt_at: datetime | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Wanted:
    """What of the ledger is asked for; None: all."""

    referral_id: str | None = None
    status: Status | None = None
    channel: Channel | None = None


def notification_list(
    connection: Connection, reader: Actor, wanted: Wanted, *, offset: int, size: int
) -> tuple[list[NotificationRow], int]:
    """One page of what this reader may see, newest first, and how many there are."""
    where = and_(_visible(reader), *_asked(wanted))
    total = connection.execute(select(func.count()).select_from(ledger).where(where)).scalar_one()
    query = select(ledger).where(where).order_by(ledger.c.id.desc()).offset(offset).limit(size)
    return [_row(row) for row in connection.execute(query).mappings()], total


def one_notification(connection: Connection, reader: Actor, notification_id: str) -> NotificationRow | None:
    """One row, if this reader may know of it."""
    query = select(ledger).where(_visible(reader) & (ledger.c.id == notification_id))
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _row(row)


def _visible(reader: Actor) -> ColumnElement[bool]:
    return true() if reader.role in SEE_ALL else ledger.c.recipient == reader.user


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.referral_id is not None:
        asked.append(ledger.c.referral_id == wanted.referral_id)
    if wanted.status is not None:
        asked.append(ledger.c.status == wanted.status.value)
    if wanted.channel is not None:
        asked.append(ledger.c.channel == wanted.channel.value)
    return asked


def _row(row: RowMapping) -> NotificationRow:
    return NotificationRow(
        id=row["id"],
        event_id=row["event_id"],
        referral_id=row["referral_id"],
        channel=Channel(row["channel"]),
        recipient=row["recipient"],
        audience=row["audience"],
        message=row["message"],
        urgency=Urgency(row["urgency"]),
        language=row["language"],
        count=row["count"],
        status=Status(row["status"]),
        reason=Suppression(row["reason"]) if row["reason"] else None,
        fault=Fault(row["fault"]) if row["fault"] else None,
        attempts=row["attempts"],
        unsure=row["unsure"],
        next_attempt_at=row["next_attempt_at"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
    )
