"""Forms not yet sent, in one unit of work."""

import orjson
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from services.intake.use_cases.ports import Draft
from shared.security.vault import Vault


class KeptDrafts:
    """Sealed for this node alone, the id that the page chose included: it may hold a name. Rows bear its keyed hash."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._table = tables.drafts
        self._vault = vault

    def key_of(self, draft_id: str) -> str:
        """What stands for this id on disk and in the audit."""
        return key_of(self._vault, draft_id)

    def put(self, draft: Draft) -> None:
        """Keep it, replacing one of the same id."""
        row = {
            "id": self.key_of(draft.id),
            "saved_by": draft.saved_by,
            "created_at": draft.created_at,
            "updated_at": draft.updated_at,
            "sealed": self._vault.seal_local(orjson.dumps({"id": draft.id, "content": draft.content})),
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
        mine = self._table.c.id == self.key_of(draft_id)
        row = self._connection.execute(select(self._table).where(mine)).mappings().one_or_none()
        if row is None:
            return None
        kept = orjson.loads(self._vault.open_local(row["sealed"]))
        return Draft(kept["id"], kept["content"], row["saved_by"], row["created_at"], row["updated_at"])

    def remove(self, draft_id: str) -> None:
        """Forget it."""
        self._connection.execute(delete(self._table).where(self._table.c.id == self.key_of(draft_id)))


def key_of(vault: Vault, draft_id: str) -> str:
    """The keyed hash of a draft's id; another node's is another."""
    return vault.lookup(f"draft:{draft_id}")
