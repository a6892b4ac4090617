"""Taking a person's case in: shared by the form at the window and by files."""

from dataclasses import dataclass, field
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.consent import ConsentRecord
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import tell
from services.intake.use_cases.todos import note_todos
from shared.ids import case_code, new_id
from shared.routing.case import CaseDetails
from shared.security.identities import Actor
from shared.spoken import new_code


@dataclass(frozen=True)
class NewCase:
    """A case that was checked: who it is about, and what was said. ``batch`` names the file that it came in."""

    details: CaseDetails
    case_id: str = field(default_factory=new_id)
    person_id: str = field(default_factory=new_id)
    batch: str | None = None


def numbered(new: NewCase, number: int, *, by: Actor, work: Work, now: datetime) -> Case:
    """The case at version 1, under a number of this window, with a claim code for its slip."""
    place = work.place
    return Case(
        id=new.case_id,
        code=case_code(place.node, place.letters, number),
        number=number,
        person_id=new.person_id,
        incarnation=work.incarnation,
        version=1,
        details_version=1,
        registered_at=now,
        registered_by=by.user,
        details=new.details,
        consents=(ConsentRecord(new_id(), new.details.consent, now, by.user),),
        responsible=by.user if new.batch is None else None,
        batch=new.batch,
        claim_code=new_code(),
    )


def admit(case: Case, *, by: Actor, work: Work, now: datetime) -> Case:
    """Keep a new case, tell the hub if its consent allows it, and note who wrote it down."""
    case = tell(case, work=work, moment=work.place.moment(now))
    work.cases.add(case)
    note_todos(case, work=work)
    work.cases.log(case, "registered", by=by.user, at=now)
    work.audit.note(by, "case.register", "case", case.id, ("person", "needs", "consent"))
    return case
