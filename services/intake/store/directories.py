"""The directory and the rules in force, in one unit of work."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from shared.contracts.directory_published import DirectoryPublished

_ONLY = 1


class KeptDirectories:
    """One row: what was published last stands."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._table = tables.directories

    @property
    def version(self) -> str | None:
        """Of what is in force."""
        version: str | None = self._connection.execute(select(self._table.c.version)).scalar_one_or_none()
        return version

    def keep(self, published: DirectoryPublished, at: datetime) -> None:
        """Replace what is in force, unless that was published later."""
        body = orjson.dumps({"directory": published.directory, "rules": published.rules}).decode()
        row: dict[str, Any] = {"id": _ONLY, "version": published.version, "published_at": at, "body": body}
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(self._table).values(row)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[self._table.c.id],
                set_={name: value for name, value in row.items() if name != "id"},
                where=statement.excluded.published_at >= self._table.c.published_at,
            )
        )
