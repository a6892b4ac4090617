"""The ledger as people read it (``GET /notifications``)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from services.notifications.domain.delivery import Fault, Status, Suppression
from services.notifications.domain.telling import Channel
from services.notifications.store.ledger import entry_of
from services.notifications.store.tables import ledger
from services.notifications.use_cases.ports import Entry
from shared.security.identities import Actor, Role, Subject
from shared.vocabulary.codes import Urgency

SEE_ALL = frozenset({Role.COORDINATOR, Role.SYSTEM})
"""Who sees everybody's; a desk sees its institution's, anybody else their own."""
OF_AN_INSTITUTION = ("institution", "alternate", "manager")
"""Audiences whose rows belong to the institution of the referral."""


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
    ended_at: datetime | None


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
    return [shown(entry_of(row)) for row in connection.execute(query).mappings()], total


def subject_of(connection: Connection, node: str, notification_id: str) -> Subject | None:
    """What the policy must know of a row: whom it was meant for, and of which institution."""
    query = select(ledger.c.audience, ledger.c.institution, ledger.c.recipient).where(ledger.c.id == notification_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    institution = row["institution"] if row["audience"] in OF_AN_INSTITUTION else None
    return Subject("notification", node, institution=institution, owner=row["recipient"])


def _visible(reader: Actor) -> ColumnElement[bool]:
    if reader.role in SEE_ALL:
        return true()
    own = ledger.c.recipient == reader.user
    if reader.institution is None:
        return own
    return own | ((ledger.c.institution == reader.institution) & ledger.c.audience.in_(OF_AN_INSTITUTION))


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.referral_id is not None:
        asked.append(ledger.c.referral_id == wanted.referral_id)
    if wanted.status is not None:
        asked.append(ledger.c.status == wanted.status.value)
    if wanted.channel is not None:
        asked.append(ledger.c.channel == wanted.channel.value)
    return asked


def shown(entry: Entry) -> NotificationRow:
    """A ledger row as it is shown."""
    notice, standing = entry.notice, entry.standing
    return NotificationRow(
        id=entry.id,
        event_id=notice.event_id,
        referral_id=notice.referral_id,
        channel=notice.channel,
        recipient=notice.recipient,
        audience=notice.audience,
        message=notice.message,
        urgency=notice.urgency,
        language=notice.language,
        count=notice.count,
        status=standing.status,
        reason=notice.reason,
        fault=standing.fault,
        attempts=standing.attempts,
        unsure=standing.unsure,
        next_attempt_at=standing.next_attempt_at,
        created_at=entry.created_at,
        ended_at=standing.ended_at,
    )
