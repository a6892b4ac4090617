"""What this service's database needs before it opens, when it was put back from a copy (``ventanilla restore``)."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from services.notifications.store.tables import entrance, messaging
from shared.config import Settings
from shared.errors import TryAgain
from shared.messaging.epochs import EPOCH
from shared.messaging.new_life import begin_life
from shared.messaging.node_state import recall
from shared.persistence.engine import open_database
from shared.security.sessions import end_all_sessions


def begin_new_life(settings: Settings, replaced: str | None, *, now: datetime) -> list[str]:
    """A new epoch: the hub tells again what is missing. ``replaced`` is the URL of the database that this one replaces."""
    database = open_database(settings.database_url)
    with database.write() as connection:
        begin_life(connection, messaging, above=_epoch(replaced))
        end_all_sessions(connection, entrance.sessions)
    database.close()
    return ["What the hub told after the copy is told again: those notices may reach people a second time."]


def _epoch(url: str | None) -> str | None:
    """None when there is no such database, or it cannot be read any more."""
    if url is None:
        return None
    database = open_database(url)
    try:
        with database.read() as connection:
            return recall(connection, messaging, EPOCH)
    except (SQLAlchemyError, TryAgain):
        return None
    finally:
        database.close()
