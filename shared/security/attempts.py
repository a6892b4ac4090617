"""Guessing made slow: after some failures each further try has to wait, longer and longer, never for ever.

Counted by account and by address, under keyed hashes: what was typed is kept nowhere. A browser that has signed in
before counts apart from the account, so that a stranger's guesses do not lock its owner out. A try is counted
before its password is looked at, so that a hundred tries at once are no way around; what waits is not even counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from shared.persistence.columns import Moment

ACCOUNT_FAILURES = 5
"""Failures in a row after which an account, or a known browser of it, has to wait."""
ADDRESS_FAILURES = 50
"""The same of an address: a whole office may stand behind one, and mistype on a Monday."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)
"""Without a further try, failures are forgotten; those that its owner has not seen stay."""
BROWSER_KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True)
class Keys:
    """Under what a try is counted. ``browser`` is None where none was recognised by its cookie."""

    account: str
    address: str
    browser: str | None

    @property
    def limits(self) -> Mapping[str, int]:
        """What counts, and from how many failures on it waits."""
        return {self.browser or self.account: ACCOUNT_FAILURES, self.address: ADDRESS_FAILURES}


@dataclass(frozen=True)
class Unseen:
    """Failed tries since the account's owner was in last."""

    count: int
    last_at: datetime | None


def attempts_table(metadata: MetaData) -> Table:
    """Tries by key; a row of a browser says that it is known, and expires."""
    return Table(
        "sign_in_attempts",
        metadata,
        Column("key", String(64), primary_key=True),
        Column("failures", Integer, nullable=False, default=0),
        Column("unseen", Integer, nullable=False, default=0),
        Column("tried_at", Moment, nullable=False, index=True),  # what may be forgotten
        Column("failed_at", Moment),
        Column("waits_until", Moment),
    )


def wait_after(failures: int, limit: int) -> timedelta | None:
    """How long to wait after so many failures in a row; None for not at all."""
    if failures < limit:
        return None
    seconds = FIRST_WAIT.total_seconds() * 2.0 ** min(failures - limit, 10)
    return min(timedelta(seconds=seconds), LONGEST_WAIT)


class Attempts:
    """The tries of one database, on an open transaction."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table

    def begin(self, keys: Keys, now: datetime) -> bool:
        """Count a try; False when it has to wait, and then nothing is counted."""
        rows = self._held(keys, now)
        waits = (rows[key]["waits_until"] for key in keys.limits)
        if any(until is not None and until > now for until in waits):
            return False
        for key, limit in keys.limits.items():
            forgotten = rows[key]["tried_at"] < now - FORGOTTEN_AFTER
            failures = (0 if forgotten else rows[key]["failures"]) + 1
            wait = wait_after(failures, limit)
            self._set(key, failures=failures, tried_at=now, waits_until=None if wait is None else now + wait)
        return True

    def fail(self, keys: Keys, now: datetime) -> bool:
        """The try failed: its account's owner will be told. Whether the account has to wait from now on."""
        self._held(keys, now)
        self._set(keys.account, unseen=self._table.c.unseen + 1, failed_at=now, tried_at=now)
        counted = self._row(keys.browser or keys.account)
        return counted is not None and counted["waits_until"] is not None and counted["waits_until"] > now

    def succeed(self, keys: Keys, now: datetime) -> Unseen:
        """The try was right: forget the account's failures, and take this one from the address."""
        self._held(keys, now)
        account = self._row(keys.account)
        if keys.browser is not None:
            self._set(keys.browser, failures=0, waits_until=None, tried_at=now)
        else:
            self._set(keys.account, failures=0, waits_until=None)
        self._set(keys.account, unseen=0)
        self._set(keys.address, failures=self._table.c.failures - 1, waits_until=None)
        return Unseen(account["unseen"], account["failed_at"]) if account is not None else Unseen(0, None)

    def take_back(self, keys: Keys) -> Unseen:
        """The password was right, but a second step is to come: this try does not count, earlier ones still do."""
        for key in keys.limits:
            self._set(key, failures=self._table.c.failures - 1, waits_until=None)
        return Unseen(0, None)

    def know(self, browser: str, now: datetime) -> None:
        """From now on this browser is known."""
        self._insert([browser], now)

    def knows(self, browser: str, now: datetime) -> bool:
        """Whether the account was signed in to from this browser."""
        row = self._row(browser)
        return row is not None and row["tried_at"] > now - BROWSER_KNOWN_FOR

    def sweep(self, now: datetime) -> None:
        """Forget what is old."""
        old = self._table.c.tried_at < now - BROWSER_KNOWN_FOR
        self._connection.execute(delete(self._table).where(old))

    def _held(self, keys: Keys, now: datetime) -> dict[str, RowMapping]:
        """The rows of these keys, made where missing and held against others until the transaction ends."""
        wanted = sorted({*keys.limits, keys.account})
        self._insert(wanted, now)
        query = select(self._table).where(self._table.c.key.in_(wanted)).order_by(self._table.c.key).with_for_update()
        return {row["key"]: row for row in self._connection.execute(query).mappings()}

    def _insert(self, keys: list[str], now: datetime) -> None:
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        rows = [{"key": key, "failures": 0, "unseen": 0, "tried_at": now} for key in keys]
        self._connection.execute(insert(self._table).values(rows).on_conflict_do_nothing())

    def _row(self, key: str) -> RowMapping | None:
        return self._connection.execute(select(self._table).where(self._table.c.key == key)).mappings().one_or_none()

    def _set(self, key: str, **values: object) -> None:
        self._connection.execute(update(self._table).where(self._table.c.key == key).values(values))
