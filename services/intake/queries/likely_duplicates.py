"""Who might be the same person, before anything is saved (domain.md, Duplicates)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.domain.duplicates import Agreement
from services.intake.queries.case_list import CaseSummary, summary
from services.intake.queries.case_rows import records
from services.intake.queries.people import PeopleIndex
from services.intake.store.work import WindowWork
from services.intake.use_cases.features import features_of


@dataclass(frozen=True)
class LikelyDuplicate:
    """A case that staff should look at first; ``score`` of 100, ``reasons`` are codes of ``Agreement``."""

    case: CaseSummary
    score: int
    reasons: tuple[str, ...]


def likely_duplicates(
    work: WindowWork, people: PeopleIndex, person: Mapping[str, Any], *, on: date
) -> Sequence[LikelyDuplicate]:
    """Compare a person, as far as the form is filled in, with everybody at this window."""
    people.catch_up(work.connection)
    found = {one.case_id: one.likeness for one in people.alike(features_of(person, on))}
    page = records(work.connection, work.tables, work.vault, list(found), node=work.place.node)
    return [
        LikelyDuplicate(summary(record), found[record.row["id"]].score, _codes(found[record.row["id"]].reasons))
        for record in page
    ]


def _codes(reasons: Sequence[Agreement]) -> tuple[str, ...]:
    return tuple(reason.value for reason in reasons)
