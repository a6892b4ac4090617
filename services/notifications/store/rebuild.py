"""An ending told again when the hub has forgotten it (it was restored) and the sealed body is gone."""

from sqlalchemy import Connection, select

from services.notifications.domain.delivery import Status
from services.notifications.store.ledger import entry_of
from services.notifications.store.tables import ledger
from services.notifications.use_cases.deliver import ending
from shared.messaging.messages import Rebuilt


def rebuild(connection: Connection, _kind: str, subject: str) -> Rebuilt | None:
    """The ending of the row ``subject`` as it is now; None when it is being sent again, and for what has no ending."""
    row = connection.execute(select(ledger).where(ledger.c.id == subject)).mappings().one_or_none()
    if row is None:
        return None
    entry = entry_of(row)
    if entry.standing.status not in (Status.SENT, Status.FAILED):
        return None
    return Rebuilt(ending(entry, entry.standing), entry.standing.attempts)
