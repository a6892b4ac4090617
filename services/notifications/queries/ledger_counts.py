"""How the ledger stands, in numbers: for the status page and ``/metrics``."""

from sqlalchemy import Connection, func, select

from services.notifications.domain.delivery import Status
from services.notifications.store.tables import ledger


def ledger_counts(connection: Connection) -> dict[Status, int]:
    """How many rows there are of each status."""
    query = select(ledger.c.status, func.count()).group_by(ledger.c.status)
    found = {str(status): int(count) for status, count in connection.execute(query)}
    return {status: found.get(status.value, 0) for status in Status}


def unsure_count(connection: Connection) -> int:
    """How many attempts ended unseen (sent or not: a crash came between)."""
    return int(connection.execute(select(func.coalesce(func.sum(ledger.c.unsure), 0))).scalar_one())
