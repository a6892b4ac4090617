"""The ledger: one row per recipient, channel and event."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select, update

from services.notifications.domain.back_off import LONGEST_PAUSE
from services.notifications.domain.delivery import LEASE, Fault, Standing, Status, Suppression
from services.notifications.domain.telling import Channel, Notice
from services.notifications.store.tables import ledger
from services.notifications.use_cases.ports import Entry
from shared.ids import new_id
from shared.messaging.streams import insert_or_skip
from shared.vocabulary.codes import Urgency


class SqlLedger:
    """``Ledger`` on both databases. Several replicas may claim at once: on PostgreSQL rows that another holds are
    passed over; on SQLite there is one writer at a time.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._adding: list[dict[str, object]] = []

    def add(self, notices: Iterable[Notice], *, now: datetime) -> None:
        """See ``Ledger.add``."""
        self._adding += [row_of(new_id(), notice, now=now) for notice in notices]

    def flush(self) -> None:
        """Write what was added; the unique key refuses a second row, whoever writes it."""
        rows, self._adding = self._adding, []
        if rows:
            self._connection.execute(insert_or_skip(self._connection, ledger), rows)

    def withdraw(self, referral_id: str, *, below: int) -> int:
        """See ``Ledger.withdraw``."""
        self.flush()
        waiting = _waiting(referral_id, below) & ledger.c.asks
        return self._connection.execute(update(ledger).where(waiting).values(_suppressed(Suppression.SUPERSEDED))).rowcount

    def silence(self, referral_id: str, *, below: int) -> int:
        """See ``Ledger.silence``."""
        self.flush()
        told = update(ledger).where(_waiting(referral_id, below))
        return self._connection.execute(told.values(_suppressed(Suppression.CONSENT_WITHDRAWN))).rowcount

    def get(self, notification_id: str) -> Entry | None:
        """See ``Ledger.get``."""
        row = self._connection.execute(self._locked(ledger.c.id == notification_id)).mappings().one_or_none()
        return None if row is None else entry_of(row)

    def save(self, notification_id: str, standing: Standing) -> None:
        """See ``Ledger.save``."""
        values = {**_standing(standing), "leased_until": None}
        self._connection.execute(update(ledger).where(ledger.c.id == notification_id).values(values))

    def unheard(self, *, since: datetime) -> Sequence[Entry]:
        """See ``Ledger.unheard``."""
        nobody = (ledger.c.status == Status.SUPPRESSED.value) & (ledger.c.reason == Suppression.NOBODY.value)
        query = self._locked(nobody & (ledger.c.created_at >= since)).order_by(ledger.c.id)
        return [entry_of(row) for row in self._connection.execute(query).mappings()]

    def suppress(self, notification_id: str, reason: Suppression) -> None:
        """See ``Ledger.suppress``."""
        self._connection.execute(
            update(ledger).where(ledger.c.id == notification_id).values(_suppressed(reason))
        )

    def claim(self, *, now: datetime, until: datetime, most: int) -> Sequence[Entry]:
        """See ``Ledger.claim``: emergencies first, then the oldest."""
        query = self._locked(due(now) & ledger.c.leased_until.is_(None), skip=True).order_by(
            ledger.c.urgency != Urgency.EMERGENCY.value, ledger.c.next_attempt_at, ledger.c.id
        )
        entries = [entry_of(row) for row in self._connection.execute(query.limit(most)).mappings()]
        ids = [entry.id for entry in entries]
        if ids:
            self._connection.execute(update(ledger).where(ledger.c.id.in_(ids)).values(leased_until=until))
        return entries

    def left_open(self, *, now: datetime, most: int) -> Sequence[Entry]:
        """See ``Ledger.left_open``."""
        query = self._locked((ledger.c.status == Status.PENDING.value) & lapsed(now), skip=True).order_by(ledger.c.id).limit(most)
        return [entry_of(row) for row in self._connection.execute(query).mappings()]

    def _locked(self, where: ColumnElement[bool], *, skip: bool = False) -> Select[Any]:
        return select(ledger).where(where).with_for_update(skip_locked=skip)


def due(now: datetime) -> ColumnElement[bool]:
    """What is to be sent now; also what is put off for longer than anything ever is: our clock was set back since."""
    at = ledger.c.next_attempt_at
    return (ledger.c.status == Status.PENDING.value) & ((at <= now) | (at > now + 2 * LONGEST_PAUSE))


def lapsed(now: datetime) -> ColumnElement[bool]:
    """Claims that ended, and those that end later than any could: our clock was set back since."""
    until = ledger.c.leased_until
    return (until <= now) | (until > now + 2 * LEASE)


def _waiting(referral_id: str, below: int) -> ColumnElement[bool]:
    """What is not sent of a referral, from before a version; what is being sent this moment cannot be held."""
    return (
        (ledger.c.referral_id == referral_id)
        & (ledger.c.version < below)
        & (ledger.c.status == Status.PENDING.value)
        & ledger.c.leased_until.is_(None)
    )


def row_of(notification_id: str, notice: Notice, *, now: datetime) -> dict[str, object]:
    """A new row. What is pending is due at once."""
    due = now if notice.status is Status.PENDING else None
    return {
        "id": notification_id,
        "event_id": notice.event_id,
        "recipient": notice.recipient,
        "channel": notice.channel.value,
        "audience": notice.audience,
        "message": notice.message,
        "urgency": notice.urgency.value,
        "language": notice.language,
        "referral_id": notice.referral_id,
        "case_id": notice.case_id,
        "window": notice.window,
        "institution": notice.institution,
        "version": notice.version,
        "batch": notice.batch,
        "count": notice.count,
        "asks": notice.asks,
        "created_at": now,
        "leased_until": None,
        "reason": notice.reason.value if notice.reason else None,
        **_standing(Standing(notice.status, 0, 0, due)),
    }


def entry_of(row: RowMapping) -> Entry:
    """A row as the domain knows it."""
    notice = Notice(
        event_id=row["event_id"],
        recipient=row["recipient"],
        audience=row["audience"],
        channel=Channel(row["channel"]),
        message=row["message"],
        urgency=Urgency(row["urgency"]),
        language=row["language"],
        status=Status(row["status"]),
        reason=Suppression(row["reason"]) if row["reason"] else None,
        referral_id=row["referral_id"],
        case_id=row["case_id"],
        window=row["window"],
        institution=row["institution"],
        version=row["version"],
        batch=row["batch"],
        count=row["count"],
        asks=row["asks"],
    )
    standing = Standing(
        status=notice.status,
        attempts=row["attempts"],
        unsure=row["unsure"],
        next_attempt_at=row["next_attempt_at"],
        fault=Fault(row["fault"]) if row["fault"] else None,
        ended_at=row["ended_at"],
    )
    return Entry(row["id"], notice, standing, row["created_at"], row["leased_until"])


def _standing(standing: Standing) -> Mapping[str, object]:
    return {
        "status": standing.status.value,
        "attempts": standing.attempts,
        "unsure": standing.unsure,
        "next_attempt_at": standing.next_attempt_at,
        "fault": standing.fault.value if standing.fault else None,
        "ended_at": standing.ended_at,
    }


def _suppressed(reason: Suppression) -> Mapping[str, object]:
    return {
        "status": Status.SUPPRESSED.value,
        "reason": reason.value,
        "next_attempt_at": None,
        "leased_until": None,
    }
