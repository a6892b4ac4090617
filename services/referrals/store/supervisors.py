"""Who was a supervisor of which window, from when to when: an approval counts by who its maker was at that time."""

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from services.referrals.domain.case_file import FAST_CLOCK
from services.referrals.store.tables import Tables
from shared.clock import Clock
from shared.contracts.access import UserAccess
from shared.security.identities import Role


class KeptSupervisors:
    """Written at once: users change seldom."""

    def __init__(self, connection: Connection, tables: Tables, clock: Clock) -> None:
        self._connection = connection
        self._table = tables.supervisors
        self._clock = clock

    def keep(self, user: UserAccess) -> None:
        """A user changed: their term begins, ends, or goes on."""
        table, now = self._table, self._clock.now()
        serves = user.window if user.active and user.role == Role.SUPERVISOR else None
        running = (table.c.username == user.username) & table.c.until.is_(None)
        window = self._connection.execute(select(table.c.window).where(running)).scalar_one_or_none()
        if window == serves:
            return
        self._connection.execute(update(table).where(running).values(until=now))
        if serves is not None:
            term = {"username": user.username, "window": serves, "since": now, "until": None}
            self._connection.execute(insert(table).values(term))

    def served(self, username: str, window: str, at: datetime) -> bool:
        """Whether they were a supervisor of that window then; a window's clock may be a day slow."""
        table = self._table
        term = (table.c.username == username) & (table.c.window == window) & (table.c.since <= at + FAST_CLOCK)
        during = term & or_(table.c.until.is_(None), table.c.until > at)
        return self._connection.execute(select(table.c.username).where(during).limit(1)).first() is not None
