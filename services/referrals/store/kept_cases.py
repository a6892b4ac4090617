"""The cases of one unit of work."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from services.referrals.domain.case_file import CaseFile
from services.referrals.store.cases import CASES
from services.referrals.store.locks import Locks
from services.referrals.store.shelf import Shelf, chunks
from services.referrals.store.tables import Tables
from shared.ids import new_id
from shared.routing.decision import Decision
from shared.security.vault import Vault


class KeptCases:
    """Reads a case once, after holding it and its person; writes decisions and changes at ``flush``."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault, locks: Locks) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault
        self._locks = locks
        self._shelf = Shelf(connection, tables.cases, vault, CASES)
        self._known: set[str] = set()
        self._decisions: list[dict[str, Any]] = []

    def persons(self, case_ids: Iterable[str]) -> set[str]:
        """Whose cases these are; what is not here yet is left out."""
        cases, found = self._tables.cases, set[str]()
        for some in chunks(sorted(set(case_ids))):
            found.update(self._connection.execute(select(cases.c.person_id).where(cases.c.id.in_(some))).scalars())
        return found

    def load(self, case_ids: Iterable[str]) -> None:
        """Read cases that are held already, in one query."""
        wanted = set(case_ids) - self._known
        self._shelf.load("id", wanted)
        self._known |= wanted

    def get(self, case_id: str) -> CaseFile | None:
        """One case, held until the end."""
        if case_id not in self._known:
            self._locks.hold({case_id, *self.persons([case_id])})
            self.load([case_id])
        return self._shelf.get(case_id)

    def add(self, case: CaseFile) -> None:
        """A case that is new here."""
        self._known.add(case.id)
        self._shelf.add(case)

    def decided(self, case: CaseFile, decision: Decision, at: datetime) -> None:
        """Keep a decision about the present version of a case."""
        record = new_id()
        body = {
            "fired": list(decision.fired),
            "referrals": [
                {**vars(item), "needs": list(item.needs), "reasons": [vars(reason) for reason in item.reasons]}
                for item in decision.referrals
            ],
            "blocked": [vars(block) for block in decision.blocked],
            "notes": [vars(note) for note in decision.notes],
        }
        self._decisions.append({
            "id": record,
            "case_id": case.id,
            "incarnation": case.incarnation,
            "version": case.version,
            "rules_version": decision.rules_version,
            "urgency": decision.urgency,
            "decided_at": at,
            "sealed": self._vault.seal(case.person_id, record, body),
        })

    def flush(self) -> None:
        """Write cases first: what speaks of them comes after."""
        self._shelf.flush()
        decisions, self._decisions = self._decisions, []
        if decisions:
            self._connection.execute(insert(self._tables.decisions), decisions)
