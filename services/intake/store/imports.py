"""How far files were taken, in one unit of work."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from services.intake.use_cases.ports import RefusedLine
from shared.security.vault import Vault

SEPARATOR = "\x1f"
"""Between fields and between reasons; no message holds it."""


class KeptImports:
    """By the digest of a file's bytes."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._imports = tables.imports
        self._refusals = tables.import_refusals
        self._vault = vault

    def begin(self, file_hash: str, batch: str, at: datetime) -> str:
        """Open a file's record; the batch that it has."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        row = {"digest": file_hash, "batch": batch, "through": 0, "begun_at": at}
        self._connection.execute(dialect.insert(self._imports).values(row).on_conflict_do_nothing())
        mine = self._imports.c.digest == file_hash
        return str(self._connection.execute(select(self._imports.c.batch).where(mine)).scalar_one())

    def taken_through(self, file_hash: str) -> int:
        """The last line that was done; the row is held until the end where the database can."""
        query = select(self._imports.c.through).where(self._imports.c.digest == file_hash).with_for_update()
        return self._connection.execute(query).scalar_one_or_none() or 0

    def advance(self, file_hash: str, through: int, refused: Sequence[RefusedLine]) -> None:
        """Note lines as done."""
        self._connection.execute(
            update(self._imports).where(self._imports.c.digest == file_hash).values(through=through)
        )
        rows = [
            {
                "digest": file_hash,
                "line": line.line,
                "fields": SEPARATOR.join(line.fields),
                "reasons": self._vault.seal_local(SEPARATOR.join(line.reasons).encode()),
            }
            for line in refused
        ]
        if rows:
            self._connection.execute(insert(self._refusals), rows)

    def refused(self, file_hash: str) -> list[RefusedLine]:
        """All lines of a file that were refused, whenever that was."""
        query = select(self._refusals).where(self._refusals.c.digest == file_hash).order_by(self._refusals.c.line)
        return [
            RefusedLine(
                row["line"],
                tuple(row["fields"].split(SEPARATOR)),
                tuple(self._vault.open_local(row["reasons"]).decode().split(SEPARATOR)),
            )
            for row in self._connection.execute(query).mappings()
        ]
