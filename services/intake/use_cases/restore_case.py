"""The hub gives a rebuilt window one of its cases back."""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.case import Case, CaseStatus, Closing
from services.intake.domain.consent import ConsentRecord
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import tell
from services.intake.use_cases.todos import note_todos
from shared.contracts.case_restored import CaseRestored
from shared.ids import case_code, parse_case_code
from shared.routing.approval import Approvals
from shared.vocabulary.codes import CloseReason

HUB = "hub"
"""Who a restored case is written down by."""


def restore_case(told: CaseRestored, *, work: Work, now: datetime) -> None:
    """Keep the case, closed or withdrawn if it was, unless this window has it already at this version or a later one.

    Twice, late or out of order: the highest version stands, and what was written here since is never replaced; what
    supervisors answer for is only added to. New numbers go on above its own; a case of ours that has its code gets a new
    one. What never left the window cannot come back this way, nor does a person who was forgotten here; nor can the claim
    code, of which the hub knows a hash alone: the person's slip is answered by the hub then, as at any other window.
    """
    if work.cases.is_forgotten(told.person_id):
        return
    here, version = work.cases.find(told.case_id), max(told.told_version or 0, told.version)
    if here is not None and (here.incarnation, here.version) >= (told.incarnation, version):
        return
    number = parse_case_code(told.case_code).number
    case = Case(
        id=told.case_id,
        code=told.case_code,
        number=number,
        person_id=told.person_id,
        incarnation=told.incarnation,
        version=version,
        details_version=told.version,
        registered_at=told.registered_at,
        registered_by=HUB,
        details=told.details,
        consents=_consents(told, here),
        approvals=(here.approvals if here else Approvals()).joined(told.approvals),
        responsible=here.responsible if here else None,
        batch=told.batch,
        claim_code=here.claim_code if here else None,
    )
    case = _ended(case, told).told_to_hub().judged_on(work.place.moment(now).today)
    if here is None:
        work.cases.raise_number(number)
        _make_room(told.case_code, work=work, now=now)
        work.cases.add(case)
    else:
        work.cases.save(case)
    work.cases.log(case, "restored", by=HUB, at=now)
    note_todos(case, work=work)


def _make_room(code: str, *, work: Work, now: datetime) -> None:
    """Another case of ours has this code, as happens where a window existed twice: it goes on under a new one.

    The hub knows the one that comes back under that code, so it never took ours, and takes it now.
    """
    ours, place = work.cases.find_by_code(code), work.place
    if ours is None:
        return
    (number,) = work.cases.take_numbers(1)
    renumbered = ours.renumbered(case_code(place.node, place.letters, number), number, incarnation=work.incarnation)
    renumbered = tell(renumbered, work=work, moment=place.moment(now))
    work.cases.save(renumbered)
    work.refusals.clear(ours.id)
    work.cases.log(renumbered, "renumbered", by=HUB, at=now)
    note_todos(renumbered, work=work)


def _consents(told: CaseRestored, here: Case | None) -> tuple[ConsentRecord, ...]:
    """The one in force after those that are known here; what was taken back here stays so."""
    before = tuple(record for record in here.consents if record.id != told.consent_id) if here else ()
    known = next((record for record in here.consents if record.id == told.consent_id), None) if here else None
    if known is not None and known.withdrawn_at is not None:
        return (*before, known)
    return (*before, ConsentRecord(told.consent_id, told.details.consent, told.consented_at or told.registered_at, HUB))


def _ended(case: Case, told: CaseRestored) -> Case:
    """As it ended, in the version in which the hub last heard of it."""
    if told.withdrawn_at is not None:
        taken_back = case.consent.withdrawn(by=HUB, at=told.withdrawn_at, version=case.version)
        consents = (*case.consents[:-1], taken_back)
        case = replace(case, consents=consents, details=replace(case.details, consent=taken_back.consent))
    if told.closed_at is not None:
        closing = Closing(told.close_reason or CloseReason.OTHER, "", told.closed_at, HUB, case.version)
        case = replace(case, status=CaseStatus.CLOSED, closing=closing)
    return case
