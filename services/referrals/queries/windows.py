"""The windows of a hub: where they stand, whether they may come in, when they were last heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from services.referrals.store.tables import Tables
from services.referrals.use_cases.ports import Country
from shared.vocabulary.places import WindowPlace


@dataclass(frozen=True)
class WindowSeen:
    """One window; ``added`` says that no data file knows it."""

    place: WindowPlace
    added: bool
    suspended_at: datetime | None
    heard_at: datetime | None


def windows_of(connection: Connection, tables: Tables, country: Country) -> Sequence[WindowSeen]:
    """All of the country's own, in the directory's order. For operators; nothing about anybody is in it."""
    doors, heard = tables.doors, tables.windows
    shut = {row.window: row for row in connection.execute(select(doors.c.window, doors.c.place, doors.c.suspended_at))}
    at = {row.window: row.heard_at for row in connection.execute(select(heard.c.window, heard.c.heard_at))}
    return [
        WindowSeen(
            place,
            added=place.id in shut and shut[place.id].place is not None,
            suspended_at=shut[place.id].suspended_at if place.id in shut else None,
            heard_at=at.get(place.id),
        )
        for place in country.windows
    ]
