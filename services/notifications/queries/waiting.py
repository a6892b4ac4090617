"""Whether the delivery loop has anything to do: asked every second, so it only reads."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, or_, select

from services.notifications.domain.summaries import LONGEST_WAIT
from services.notifications.store.ledger import due, lapsed
from services.notifications.store.tables import ledger, summaries


def anything_waits(connection: Connection, *, quiet: timedelta, now: datetime) -> bool:
    """A row that is due or whose lease ran out, or a batch that is to be told of."""
    free = ledger.c.leased_until.is_(None) | lapsed(now)
    ready = or_(
        summaries.c.last_at <= now - quiet,
        summaries.c.first_at <= now - LONGEST_WAIT,
        summaries.c.last_at > now + LONGEST_WAIT,
    )
    untold = summaries.c.told_at.is_(None) & ready
    query = select(
        or_(
            exists(select(ledger.c.id).where(due(now) & free)),
            exists(select(summaries.c.id).where(untold)),
        )
    )
    return bool(connection.execute(query).scalar_one())
