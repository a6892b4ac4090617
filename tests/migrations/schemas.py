"""The metadata of each service, as its ``tables.py`` declares it."""

from collections.abc import Callable, Mapping

from sqlalchemy import MetaData

from services.intake.store.tables import window_tables
from services.notifications.store.tables import metadata as notification_metadata
from services.referrals.store.tables import hub_tables

SCHEMAS: Mapping[str, Callable[[], MetaData]] = {
    "intake": lambda: window_tables().metadata,
    "referrals": lambda: hub_tables().metadata,
    "notifications": lambda: notification_metadata,
}
