"""The cases of one unit of work."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from services.intake.domain.case import Case, CaseStatus
from services.intake.store import counters
from services.intake.store.case_rows import case_of, row_of, secret_of
from services.intake.store.tables import Tables
from services.intake.use_cases.ports import Alike
from shared.claims import claim_token
from shared.contracts.digest import bucket_of
from shared.ids import new_id
from shared.messaging.streams import insert_or_skip
from shared.security.vault import Vault

CASE_NUMBER = "case_number"
CHANGE = "change"


class KeptCases:
    """Cases in one window's database; new ones and log lines are written at ``flush``, in few statements."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault
        self._new: list[dict[str, Any]] = []
        self._log: list[dict[str, Any]] = []
        self._alike: list[dict[str, Any]] = []

    def take_numbers(self, count: int) -> range:
        """The next free numbers."""
        return counters.take(self._connection, self._tables.counters, CASE_NUMBER, count) if count else range(0)

    def raise_number(self, highest: int) -> None:
        """Go on above ``highest``."""
        if highest > 0:
            counters.raise_to(self._connection, self._tables.counters, CASE_NUMBER, highest)

    def add(self, case: Case) -> None:
        """Keep a new case."""
        self._new.append(self._row(case))

    def save(self, case: Case) -> None:
        """Keep a later version."""
        self._write_new()
        cases = self._tables.cases
        (change,) = counters.take(self._connection, self._tables.counters, CHANGE, 1)
        row = {**self._row(case), "change": change}
        self._connection.execute(update(cases).where(cases.c.id == case.id).values(row))

    def find(self, case_id: str) -> Case | None:
        """One case, held until the end of this work where the database can."""
        found = self._find([case_id])
        return found[0] if found else None

    def of_person(self, person_id: str) -> Sequence[Case]:
        """Every case of one person, held."""
        cases = self._tables.cases
        self._write_new()
        return self._find(list(self._connection.execute(select(cases.c.id).where(cases.c.person_id == person_id)).scalars()))

    def open_of(self, responsible: str) -> Sequence[Case]:
        """Every open case of one member of staff, held."""
        self._write_new()
        cases = self._tables.cases
        theirs = (cases.c.responsible == responsible) & (cases.c.status == CaseStatus.OPEN.value)
        return self._find(list(self._connection.execute(select(cases.c.id).where(theirs)).scalars()))

    def run_out(self, today: date, count: int) -> Sequence[Case]:
        """Cases judged free to leave whose last day has gone by."""
        cases = self._tables.cases
        free = cases.c.hold.is_(None) & (cases.c.status == CaseStatus.OPEN.value) & (cases.c.lapses_on < today)
        return self._find(list(self._connection.execute(select(cases.c.id).where(free).limit(count)).scalars()))

    def last_logged(self, case_id: str, what: str) -> datetime | None:
        """When that last happened to a case."""
        log = self._tables.case_log
        here = [line["at"] for line in self._log if (line["case_id"], line["what"]) == (case_id, what)]
        query = select(func.max(log.c.at)).where(log.c.case_id == case_id, log.c.what == what)
        kept = self._connection.execute(query).scalar_one()
        return max([*here, *([kept] if kept else [])], default=None)

    def find_by_code(self, code: str) -> Case | None:
        """The case that has this code."""
        self._write_new()
        cases = self._tables.cases
        found = self._connection.execute(select(cases.c.id).where(cases.c.code == code)).scalars().first()
        return self.find(found) if found else None

    def find_by_claim(self, code: str) -> Case | None:
        """The case that this slip is of."""
        self._write_new()
        cases = self._tables.cases
        mine = cases.c.claim == self._vault.lookup(claim_token(code))
        found = self._connection.execute(select(cases.c.id).where(mine)).scalars().first()
        return self.find(found) if found else None

    def person_of(self, case_id: str) -> str | None:
        """Whose case it is."""
        self._write_new()
        cases = self._tables.cases
        person: str | None = self._connection.execute(
            select(cases.c.person_id).where(cases.c.id == case_id)
        ).scalar_one_or_none()
        return person

    def is_forgotten(self, person_id: str) -> bool:
        """Whether nothing of a person may be kept any more."""
        return bool(self._vault.forgotten([person_id]))

    def held_back(self, case_ids: Collection[str]) -> frozenset[str]:
        """Which of these cases do not leave the window now."""
        cases = self._tables.cases
        query = select(cases.c.id).where(cases.c.id.in_(case_ids), cases.c.hold.is_not(None))
        return frozenset(self._connection.execute(query).scalars())

    def changes(self) -> int:
        """How often any case has changed: the number that stands in the last one's ``change``."""
        self._write_new()
        counted = self._tables.counters
        query = select(counted.c.value).where(counted.c.name == CHANGE)
        return self._connection.execute(query).scalar_one_or_none() or 0

    def log(self, case: Case, what: str, *, by: str, at: datetime) -> None:
        """One line of the timeline."""
        self._log.append(
            {"id": new_id(), "case_id": case.id, "version": case.version, "at": at, "what": what, "by": by}
        )

    def flag(self, case_id: str, alike: Alike, *, line: int) -> None:
        """Note a likely duplicate."""
        self._alike.append({
            "case_id": case_id,
            "other_id": alike.case_id,
            "score": alike.likeness.score,
            "reasons": " ".join(reason.value for reason in alike.likeness.reasons),
            "line": line,
        })

    def told_in(self, buckets: Collection[int]) -> Sequence[str]:
        """The told cases of these parts; of all, where none is named."""
        cases = self._tables.cases
        told = self._connection.execute(select(cases.c.id).where(cases.c.told.is_(True)).order_by(cases.c.id))
        return [case_id for case_id in told.scalars() if not buckets or bucket_of(case_id) in buckets]

    def queue(self, case_ids: Sequence[str]) -> None:
        """Queue these cases once each."""
        rows = [{"case_id": case_id} for case_id in case_ids]
        if rows:
            self._connection.execute(insert_or_skip(self._connection, self._tables.telling_queue), rows)

    def take_queued(self, count: int) -> Sequence[Case]:
        """The next queued cases, taken out."""
        queue = self._tables.telling_queue
        ids = list(self._connection.execute(select(queue.c.case_id).order_by(queue.c.case_id).limit(count)).scalars())
        if not ids:
            return []
        self._connection.execute(delete(queue).where(queue.c.case_id.in_(ids)))
        return self._find(self._of_known_persons(ids))

    def flush(self) -> None:
        """Write what was held back."""
        self._write_new()
        for table, rows in ((self._tables.case_log, self._log), (self._tables.alike, self._alike)):
            if rows:
                self._connection.execute(insert(table), rows)
        self._log, self._alike = [], []

    def _write_new(self) -> None:
        rows, self._new = self._new, []
        if not rows:
            return
        changes = counters.take(self._connection, self._tables.counters, CHANGE, len(rows))
        for row, change in zip(rows, changes, strict=True):
            row["change"] = change
        self._connection.execute(insert(self._tables.cases), rows)

    def _find(self, case_ids: Sequence[str]) -> list[Case]:
        self._write_new()
        cases = self._tables.cases
        query = select(cases).where(cases.c.id.in_(case_ids)).order_by(cases.c.id).with_for_update()
        rows = self._connection.execute(query).mappings().all()
        self._vault.load(row["person_id"] for row in rows)
        return [case_of(row, self._vault.open(row["person_id"], row["id"], row["sealed"])) for row in rows]

    def _of_known_persons(self, case_ids: Sequence[str]) -> list[str]:
        """Without those of persons who were forgotten."""
        cases = self._tables.cases
        query = select(cases.c.id, cases.c.person_id).where(cases.c.id.in_(case_ids)).order_by(cases.c.id)
        persons = {row.id: row.person_id for row in self._connection.execute(query)}
        gone = self._vault.forgotten(persons.values())
        return [case_id for case_id, person_id in persons.items() if person_id not in gone]

    def _row(self, case: Case) -> dict[str, Any]:
        claim = self._vault.lookup(claim_token(case.claim_code)) if case.claim_code else None
        return {**row_of(case), "claim": claim, "sealed": self._vault.seal(case.person_id, case.id, secret_of(case))}
