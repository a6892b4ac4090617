"""What is only counted or noted: visits, trainings, heartbeats, deliveries. Told again, it is replaced."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from services.referrals.store.tables import Tables
from shared.contracts.training_recorded import TrainingRecorded
from shared.contracts.visit_recorded import VisitRecorded

OTHERS = ("highest_code", "compared_at", "agrees", "resync_asked_at", "older_life_at")
"""What a heartbeat does not say of a window."""


class KeptCounts:
    """Rows gathered and written at ``flush``; the same key twice is one row."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables
        self._rows: dict[str, dict[str, dict[str, Any]]] = {}

    def visit(self, window: str, visit: VisitRecorded) -> None:
        """Somebody only asked."""
        row = {
            "id": visit.visit_id, "window": window, "occurred_on": visit.occurred_on, "topics": list(visit.topics),
            "directory_version": visit.directory_version, "situation": visit.situation, "sex": visit.sex,
            "age_band": visit.age_band, "guidance_version": visit.guidance_version,
        }
        self._keep(self._tables.visits, visit.visit_id, row)

    def training(self, window: str, training: TrainingRecorded) -> None:
        """A training session; of two tellings the later version stands, whatever the order."""
        row = {
            "id": training.training_id, "window": window, "held_on": training.held_on, "audience": training.audience,
            "topics": list(training.topics), "women": training.women, "men": training.men, "others": training.others,
            "version": training.version,
        }
        known = self._rows.get(self._tables.trainings.name, {}).get(training.training_id)
        if known is None or known["version"] <= training.version:
            self._keep(self._tables.trainings, training.training_id, row)

    def heartbeat(
        self, window: str, at: datetime, *, directory_version: str | None, outbox: int, unreceipted: int
    ) -> None:
        """How a window stands; its highest number stays as it is."""
        row = {
            "window": window, "highest_code": 0, "heard_at": at, "directory_version": directory_version,
            "outbox": outbox, "unreceipted": unreceipted,
        }
        self._keep(self._tables.windows, window, row)

    def delivery(
        self,
        notification_id: str,
        referral_id: str | None,
        channel: str,
        at: datetime,
        *,
        delivered: bool,
        attempts: int,
        reason: str,
    ) -> None:
        """What became of a message."""
        row = {
            "notification_id": notification_id, "referral_id": referral_id, "channel": channel, "delivered": delivered,
            "attempts": attempts, "reason": reason or None, "at": at,
        }
        self._keep(self._tables.deliveries, notification_id, row)

    def flush(self) -> None:
        """One statement for each table."""
        rows, self._rows = self._rows, {}
        for name, kept in rows.items():
            table = self._tables.metadata.tables[name]
            self._connection.execute(_replacing(self._connection, table), [kept[key] for key in sorted(kept)])

    def _keep(self, table: Table, key: str, row: dict[str, Any]) -> None:
        self._rows.setdefault(table.name, {})[key] = row


def _replacing(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    key = next(iter(table.primary_key.columns)).name
    kept = {key, *OTHERS}
    if connection.dialect.name == "postgresql":
        on_pg = postgresql.insert(table)
        news = {column.name: on_pg.excluded[column.name] for column in table.columns if column.name not in kept}
        newer = on_pg.excluded.version >= table.c.version if "version" in table.c else None
        return on_pg.on_conflict_do_update(index_elements=[key], set_=news, where=newer)
    on_lite = sqlite.insert(table)
    news = {column.name: on_lite.excluded[column.name] for column in table.columns if column.name not in kept}
    newer = on_lite.excluded.version >= table.c.version if "version" in table.c else None
    return on_lite.on_conflict_do_update(index_elements=[key], set_=news, where=newer)
