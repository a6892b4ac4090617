"""Holding people and cases against others until an act is over.

On PostgreSQL several replicas write at once; whoever touches a person or a case takes its advisory lock first,
always in sorted order, so that no two can wait for each other, and reads only then. SQLite has one writer anyway.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(CAST(:keys AS text[])) AS key")


class Locks:
    """The keys (person and case ids) that this transaction holds; they are let go at its end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._needed = connection.dialect.name == "postgresql"
        self._held: set[str] = set()

    def hold(self, keys: Iterable[str]) -> None:
        """Wait until nobody else holds any of ``keys``."""
        new = set(keys) - self._held
        self._held |= new
        if new and self._needed:
            self._connection.execute(_HOLD, {"keys": sorted(new)})
