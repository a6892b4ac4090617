"""Two cases side by side: whether they are one person's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services.intake.domain.case import Case
from services.intake.queries.case_rows import records
from services.intake.queries.likely_duplicates import likely_duplicates
from services.intake.queries.people import PeopleIndex
from services.intake.store.case_rows import case_of
from services.intake.store.work import WindowWork
from shared.contracts.case import details_to_json


@dataclass(frozen=True)
class Candidate:
    """A case that might be of the same person, and why (codes of ``Agreement``)."""

    case: Case
    reasons: tuple[str, ...]


def candidates(work: WindowWork, people: PeopleIndex, case: Case) -> Sequence[Candidate]:
    """The likeliest first; not those that are the same person's already."""
    person = details_to_json(case.details)["person"]
    likely = likely_duplicates(work, people, person, on=case.details.occurred_on)
    reasons = {one.case.id: one.reasons for one in likely if one.case.id != case.id}
    found = [case_of(record.row, record.secret) for record in records(work.connection, work.tables, work.vault, list(reasons), node=work.place.node)]
    return [Candidate(one, reasons[one.id]) for one in found if one.person_id != case.person_id]


def case_id_of(work: WindowWork, code: str) -> str | None:
    """The case that bears a code, written with or without hyphens; None for no such case."""
    cases = work.tables.cases
    plain = code.replace("-", "").replace(" ", "").upper()
    written = f"{plain[:2]}-{plain[2:5]}-{plain[5:-1]}-{plain[-1:]}"
    found: str | None = work.connection.execute(select(cases.c.id).where(cases.c.code == written)).scalar_one_or_none()
    return found
