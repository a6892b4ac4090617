"""What the hub told of referrals and routing, and what was asked of it, in one unit of work."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.intake.store.tables import Tables
from services.intake.use_cases.clocks import answered_in_time
from shared.contracts.case_routed import BlockedInstitution, CaseRouted, CaseRoutedSchema
from shared.contracts.fields import tolerant
from shared.contracts.referral import ReferralState, ReferralStateSchema
from shared.contracts.referral_asked import ReferralAsked, ReferralAskedSchema
from shared.security.vault import Erased, Vault

STATE = tolerant(ReferralStateSchema())
ROUTED = tolerant(CaseRoutedSchema())
ASKED = tolerant(ReferralAskedSchema())
AT_ONCE = 500
"""Ids in one list of a statement."""


class KeptReferrals:
    """Sealed under the person's key; the highest version stands."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault

    def find(self, referral_id: str) -> ReferralState | None:
        """The state last told."""
        table = self._tables.referrals
        row = self._connection.execute(select(table).where(table.c.id == referral_id)).mappings().one_or_none()
        if row is None:
            return None
        state: ReferralState = STATE.load(self._vault.open(row["person_id"], row["id"], row["sealed"]))
        return state

    def of_case(self, case_id: str) -> Sequence[ReferralState]:
        """All of one case, oldest first."""
        table = self._tables.referrals
        rows = self._connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.id)).mappings()
        return [STATE.load(self._vault.open(row["person_id"], row["id"], row["sealed"])) for row in rows]

    def routing(self, case_id: str) -> CaseRouted | None:
        """What the hub last decided about a case."""
        table = self._tables.routings
        row = self._connection.execute(select(table).where(table.c.case_id == case_id)).mappings().one_or_none()
        if row is None:
            return None
        routed: CaseRouted = ROUTED.load(self._vault.open(row["person_id"], f"routing:{case_id}", row["sealed"]))
        return routed

    def keep(self, state: ReferralState) -> bool:
        """Keep a state unless a higher or equal version is kept, or its person was forgotten."""
        try:
            sealed = self._vault.seal(state.person_id, state.id, STATE.dump(state))
        except Erased:
            return False
        row = {
            "id": state.id,
            "case_id": state.case_id,
            "person_id": state.person_id,
            "version": state.version,
            "status": state.status.value,
            "in_time": answered_in_time(state),
            "sealed": sealed,
        }
        return self._upsert(self._tables.referrals, row, key="id", rises=("version",))

    def queue_held(self, case_ids: Sequence[str] | None = None) -> None:
        """Queue what is held of these cases, or everything, to be told to the hub."""
        table, queue = self._tables.referrals, self._tables.held_queue
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        held = select(table.c.id).where(table.c.id.is_not(None))  # without a condition SQLite misreads ON CONFLICT
        for some in [None] if case_ids is None else _parts(case_ids):
            wanted = held if some is None else held.where(table.c.case_id.in_(some))
            self._connection.execute(dialect.insert(queue).from_select(["referral_id"], wanted).on_conflict_do_nothing())

    def take_held(self, count: int) -> Sequence[ReferralState]:
        """The next states of that queue, taken out of it; those of a forgotten person only leave it."""
        table, queue = self._tables.referrals, self._tables.held_queue
        ids = list(
            self._connection.execute(select(queue.c.referral_id).order_by(queue.c.referral_id).limit(count)).scalars()
        )
        if not ids:
            return []
        self._connection.execute(delete(queue).where(queue.c.referral_id.in_(ids)))
        rows = self._connection.execute(select(table).where(table.c.id.in_(ids)).order_by(table.c.id)).mappings().all()
        persons = {row["person_id"] for row in rows}
        self._vault.load(persons)
        gone = self._vault.forgotten(persons)
        return [
            STATE.load(self._vault.open(row["person_id"], row["id"], row["sealed"]))
            for row in rows
            if row["person_id"] not in gone
        ]

    def blocks_of(self, case_id: str) -> tuple[BlockedInstitution, ...]:
        """Who must not know of a case, as the hub last told."""
        table = self._tables.routings
        row = self._connection.execute(select(table).where(table.c.case_id == case_id)).mappings().one_or_none()
        return blocks_in(row, self._vault) if row is not None else ()

    def keep_routing(self, routed: CaseRouted, person_id: str) -> None:
        """Keep a decision unless one of a later version is kept."""
        self._upsert(
            self._tables.routings,
            {
                "case_id": routed.case_id,
                "person_id": person_id,
                "incarnation": routed.incarnation,
                "case_version": routed.case_version,
                "sealed": self._vault.seal(person_id, f"routing:{routed.case_id}", ROUTED.dump(routed)),
            },
            key="case_id",
            rises=("incarnation", "case_version"),
        )

    def add_ask(self, asked: ReferralAsked, person_id: str) -> None:
        """Keep what was asked."""
        row = {
            "id": asked.ask_id,
            "case_id": asked.case_id,
            "person_id": person_id,
            "asked_at": asked.asked_at,
            "sealed": self._vault.seal(person_id, asked.ask_id, ASKED.dump(asked)),
        }
        self._connection.execute(insert(self._tables.asks).values(row))

    def find_ask(self, ask_id: str) -> ReferralAsked | None:
        """What was asked."""
        table = self._tables.asks
        row = self._connection.execute(select(table).where(table.c.id == ask_id)).mappings().one_or_none()
        if row is None:
            return None
        asked: ReferralAsked = ASKED.load(self._vault.open(row["person_id"], row["id"], row["sealed"]))
        return asked

    def answer_ask(self, ask_id: str, *, refused: str | None, at: datetime) -> None:
        """Note the answer, once."""
        table = self._tables.asks
        self._connection.execute(
            update(table)
            .where(table.c.id == ask_id, table.c.answered_at.is_(None))
            .values(
                answered_at=at,
                refused=refused is not None,
                answer=self._vault.seal_local(refused.encode()) if refused else None,
            )
        )

    def _upsert(self, table: Table, row: dict[str, Any], *, key: str, rises: tuple[str, ...]) -> bool:
        """Write a row unless what is there stands at least as high; whether it was written."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(row)
        new = statement.excluded
        higher = new[rises[-1]] > table.c[rises[-1]]
        for name in reversed(rises[:-1]):
            higher = (new[name] > table.c[name]) | ((new[name] == table.c[name]) & higher)
        written = self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[table.c[key]],
                set_={name: new[name] for name in row if name != key},
                where=higher,
            )
        )
        return written.rowcount == 1


def blocks_in(row: RowMapping, vault: Vault) -> tuple[BlockedInstitution, ...]:
    """The blocks in a row of ``routings``."""
    routed: CaseRouted = ROUTED.load(vault.open(row["person_id"], f"routing:{row['case_id']}", row["sealed"]))
    return routed.blocked


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
