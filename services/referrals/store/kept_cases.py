"""The cases of one unit of work."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

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

    def moving(self, told: Iterable[tuple[str, str]]) -> set[str]:
        """The persons between whom cases move, by what is told of each case: its id and whose it is now."""
        cases, wanted = self._tables.cases, set(told)
        known = select(cases.c.id, cases.c.person_id)
        stored: dict[str, str] = {}
        for some in chunks(sorted({case_id for case_id, _ in wanted})):
            stored |= {row.id: row.person_id for row in self._connection.execute(known.where(cases.c.id.in_(some)))}
        pairs = ((person, stored[case_id]) for case_id, person in wanted if stored.get(case_id, person) != person)
        return {person for pair in pairs for person in pair}

    def cases_of(self, person_ids: Iterable[str]) -> set[str]:
        """The ids of all cases of these persons."""
        cases, found = self._tables.cases, set[str]()
        for some in chunks(sorted(set(person_ids))):
            found.update(self._connection.execute(select(cases.c.id).where(cases.c.person_id.in_(some))).scalars())
        return found

    def move(self, case: CaseFile, person_id: str) -> None:
        """The case is another person's: what was decided about it is sealed anew for them, the case itself at ``flush``."""
        decisions, before = self._tables.decisions, case.person_id
        rows = self._connection.execute(select(decisions.c.id, decisions.c.sealed).where(decisions.c.case_id == case.id))
        anew = [
            {"_id": row.id, "sealed": self._vault.seal(person_id, row.id, self._vault.open(before, row.id, row.sealed))}
            for row in rows
        ]
        if anew:
            self._connection.execute(update(decisions).where(decisions.c.id == bindparam("_id")), anew)
        for row in (row for row in self._decisions if row["case_id"] == case.id):
            row["sealed"] = self._vault.seal(person_id, row["id"], self._vault.open(before, row["id"], row["sealed"]))
        case.person_id = person_id

    def run_out(self, now: datetime, most: int) -> Sequence[CaseFile]:
        """Cases whose consent has run out by itself and of whom nobody was told, held."""
        cases = self._tables.cases
        open_still = cases.c.closed_at.is_(None) & cases.c.withdrawn.is_(False) & cases.c.lapse_told.is_(False)
        query = select(cases.c.id).where(open_still, cases.c.lapses_on < now.date()).order_by(cases.c.id).limit(most)
        found = [self.get(case_id) for case_id in self._connection.execute(query).scalars().all()]
        return [case for case in found if case is not None]

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
