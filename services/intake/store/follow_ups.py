"""When somebody means to ask how it went, in one unit of work."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, insert, select, update

from services.intake.domain.follow_up import FollowUp
from services.intake.store.tables import Tables
from shared.security.vault import Vault


class KeptFollowUps:
    """Their words are sealed under the person's key."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._table = tables.follow_ups
        self._vault = vault

    def add(self, follow_up: FollowUp, person_id: str) -> None:
        """Keep a new one."""
        self._connection.execute(
            insert(self._table).values(
                id=follow_up.id,
                case_id=follow_up.case_id,
                person_id=person_id,
                due_on=follow_up.due_on,
                set_at=follow_up.set_at,
                set_by=follow_up.set_by,
                sealed=self._vault.seal(person_id, follow_up.id, {"text": follow_up.text}),
            )
        )

    def of_case(self, case_id: str) -> Sequence[FollowUp]:
        """All of one case, the next one first."""
        table = self._table
        query = select(table).where(table.c.case_id == case_id).order_by(table.c.due_on, table.c.id)
        return [self._follow_up(row) for row in self._connection.execute(query).mappings()]

    def some(self, ids: Sequence[str]) -> Sequence[FollowUp]:
        """These; their persons' keys are read at once."""
        if not ids:
            return []
        rows = self._connection.execute(select(self._table).where(self._table.c.id.in_(ids))).mappings().all()
        self._vault.load(row["person_id"] for row in rows)
        return [self._follow_up(row) for row in rows]

    def save(self, follow_up: FollowUp) -> None:
        """Keep what became of one."""
        done = {"done_at": follow_up.done_at, "done_by": follow_up.done_by}
        self._connection.execute(update(self._table).where(self._table.c.id == follow_up.id).values(done))

    def _follow_up(self, row: RowMapping) -> FollowUp:
        told = self._vault.open(row["person_id"], row["id"], row["sealed"])
        return FollowUp(
            id=row["id"], case_id=row["case_id"], due_on=row["due_on"], text=str(told["text"]), set_at=row["set_at"],
            set_by=row["set_by"], done_at=row["done_at"], done_by=row["done_by"],
        )
