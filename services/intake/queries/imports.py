"""What an import has flagged."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from services.intake.store.tables import Tables


@dataclass(frozen=True)
class Flagged:
    """A line whose person might be known already: codes only, no names."""

    line: int
    code: str
    other_code: str
    score: int
    reasons: tuple[str, ...]


def flagged_lines(connection: Connection, tables: Tables, batch: str) -> Sequence[Flagged]:
    """All likely duplicates of a batch, by line, the likeliest of each first."""
    alike, mine = tables.alike, tables.cases.alias("mine")
    other = tables.cases.alias("other")
    query = (
        select(alike.c.line, mine.c.code, other.c.code.label("other_code"), alike.c.score, alike.c.reasons)
        .join(mine, mine.c.id == alike.c.case_id)
        .join(other, other.c.id == alike.c.other_id)
        .where(mine.c.batch == batch)
        .order_by(alike.c.line, alike.c.score.desc())
    )
    return [
        Flagged(row.line, row.code, row.other_code, row.score, tuple(row.reasons.split()))
        for row in connection.execute(query)
    ]
