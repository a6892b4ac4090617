"""Lines of a file become cases, and the file remembers how far it was taken, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.admission import admit, numbered
from services.intake.use_cases.ports import Work
from services.intake.use_cases.prepare_lines import Prepared
from shared.errors import Refused
from shared.security.identities import Actor

AT_ONCE = 100
"""Lines in one transaction at most: a form at the window never waits longer for an import (spikes.md, SQLite)."""


@dataclass(frozen=True)
class ImportLines:
    """Lines ready to be taken. ``after`` is the last line of this file that was done before them."""

    digest: str
    after: int
    prepared: Prepared


def import_lines(request: ImportLines, *, by: Actor, work: Work, now: datetime) -> Sequence[Case]:
    """Take the lines that can be taken and note those that cannot.

    Twice, or beside another import of the same file: refused as stale, since the file stands further on than
    ``after`` says, and nobody is imported twice. Half way: all lines or none. Likely duplicates are taken and
    flagged, never merged (domain.md, Duplicates).
    """
    if work.imports.taken_through(request.digest) != request.after:
        raise Refused("stale")
    prepared = request.prepared
    numbers = work.cases.take_numbers(len(prepared.taken))
    cases = []
    for line, number in zip(prepared.taken, numbers, strict=True):
        case = admit(numbered(line.new, number, by=by, work=work, now=now), by=by, work=work, now=now)
        for alike in line.alike:
            work.cases.flag(case.id, alike, line=line.line)
        cases.append(case)
    work.imports.advance(request.digest, prepared.through, prepared.refused)
    return cases
