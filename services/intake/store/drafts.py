"""Forms not yet sent, in one unit of work."""

import orjson
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from services.intake.use_cases.ports import Draft
from shared.security.vault import Vault


class KeptDrafts:
    """Sealed for this node alone."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._table = tables.drafts
        self._vault = vault

    def put(self, draft: Draft) -> None:
        """Keep it, replacing one of the same id."""
        row = {
            "id": draft.id,
            "saved_by": draft.saved_by,
            "created_at": draft.created_at,
            "updated_at": draft.updated_at,
            "sealed": self._vault.seal_local(orjson.dumps(draft.content)),
        }
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        changes = {name: value for name, value in row.items() if name not in {"id", "created_at"}}
        self._connection.execute(
            dialect.insert(self._table).values(row).on_conflict_do_update(
                index_elements=[self._table.c.id], set_=changes
            )
        )

    def find(self, draft_id: str) -> Draft | None:
        """One draft."""
        row = self._connection.execute(select(self._table).where(self._table.c.id == draft_id)).mappings().one_or_none()
        if row is None:
            return None
        content = orjson.loads(self._vault.open_local(row["sealed"]))
        return Draft(row["id"], content, row["saved_by"], row["created_at"], row["updated_at"])

    def remove(self, draft_id: str) -> None:
        """Forget it."""
        self._connection.execute(delete(self._table).where(self._table.c.id == draft_id))
