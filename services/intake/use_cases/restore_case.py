"""The hub gives a rebuilt window one of its cases back."""

from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.consent import ConsentRecord
from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import note_todos
from shared.contracts.case_restored import CaseRestored
from shared.ids import parse_case_code


def restore_case(told: CaseRestored, *, work: Work, now: datetime) -> None:
    """Keep the case unless this window has it already at this version or a later one.

    Twice, late or out of order: the highest version stands, and what was written here since is never replaced.
    New numbers go on above its own. What never left the window cannot come back this way; nor can the claim code,
    which the hub never knew: the person's slip is answered by the hub then, as at any other window.
    """
    here = work.cases.find(told.case_id)
    if here is not None and (here.incarnation, here.version) >= (told.incarnation, told.version):
        return
    number = parse_case_code(told.case_code).number
    case = Case(
        id=told.case_id,
        code=told.case_code,
        number=number,
        person_id=told.person_id,
        incarnation=told.incarnation,
        version=told.version,
        details_version=told.version,
        registered_at=told.registered_at,
        registered_by="hub",
        details=told.details,
        consents=(
            ConsentRecord(told.consent_id, told.details.consent, told.consented_at or told.registered_at, "hub"),
        ),
        approvals=told.approvals,
        told=True,
        responsible=here.responsible if here else None,
        batch=told.batch,
        claim_code=here.claim_code if here else None,
    ).judged_on(work.place.moment(now).today)
    if here is None:
        work.cases.add(case)
        work.cases.raise_number(number)
    else:
        work.cases.save(case)
    work.cases.log(case, "restored", by="hub", at=now)
    note_todos(case, work=work)
