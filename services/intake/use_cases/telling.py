"""How a case is told to the hub: steps that several acts share."""

from services.intake.domain.case import Case
from services.intake.domain.window import Moment
from services.intake.use_cases.ports import Work
from shared.contracts.addresses import Address
from shared.contracts.case_closed import CaseClosed
from shared.contracts.case_registered import CaseRegistered
from shared.contracts.case_told import CaseTold
from shared.contracts.case_updated import CaseUpdated
from shared.contracts.consent_withdrawn import ConsentWithdrawn


def tell(case: Case, *, work: Work, moment: Moment) -> Case:
    """Queue a new version for the hub if its consent allows it today (domain.md, Consent: checked at sending).

    Gives the case back with what was judged: held here, or told.
    """
    judged = case.judged_on(moment.today)
    if judged.hold is None:
        work.outbox.append(as_told(judged), to=hub(work), subject=case.id, version=case.details_version)
        judged = judged.told_to_hub()
    return judged


def tell_withdrawals(before: Case, after: Case, *, work: Work, moment: Moment) -> None:
    """Queue what was taken back between two versions; only of a case that the hub knows.

    What of the case still waits to be sent loses its sealed body: its place in the sequence goes out empty,
    since after a withdrawal only closings and withdrawals leave (domain.md, Consent).
    """
    already = {record.id for record in before.consents if record.withdrawn_at}
    taken_back = [record for record in after.consents if record.withdrawn_at and record.id not in already]
    if not before.told or not taken_back:
        return
    if after.judged_on(moment.today).hold is not None:
        work.hub.drop_waiting(after.id)
    for record in taken_back:
        event = as_withdrawn(after, record.id)
        work.outbox.append(event, to=hub(work), subject=after.id, version=event.version)


def hub(work: Work) -> Address:
    """The hub of this window's node."""
    return Address.hub(work.place.node)


def as_told(case: Case) -> CaseTold:
    """A case as the hub is told of it: ``case.registered`` the first time, ``case.updated`` later."""
    kind = CaseUpdated if case.told else CaseRegistered
    return kind(
        case_id=case.id,
        case_code=case.code,
        person_id=case.person_id,
        consent_id=case.consent.id,
        incarnation=case.incarnation,
        version=case.details_version,
        registered_at=case.registered_at,
        details=case.details,
        batch=case.batch,
        consented_at=case.consent.recorded_at,
        approvals=case.approvals,
        claim_code=case.claim_code,
    )


def as_withdrawn(case: Case, consent_id: str) -> ConsentWithdrawn:
    """A consent of this case that was taken back."""
    record = case.consent_of(consent_id)
    return ConsentWithdrawn(
        case_id=case.id,
        consent_id=record.id,
        incarnation=case.incarnation,
        version=record.withdrawn_version or case.version,
        withdrawn_at=record.withdrawn_at or case.registered_at,
    )


def as_closed(case: Case) -> CaseClosed | None:
    """The end of this case, if it has ended."""
    if case.closing is None:
        return None
    return CaseClosed(
        case_id=case.id,
        incarnation=case.incarnation,
        version=case.closing.version,
        reason=case.closing.reason,
        closed_at=case.closing.at,
        text=case.closing.text,
    )


def as_it_stands(case: Case, kind: str) -> object | None:
    """What an event of that kind says today, for a resend whose sealed body is gone; None: no longer to be told.

    After a withdrawal only closings and withdrawals leave (domain.md, Consent), also to a hub that forgot.
    """
    if kind == "consent.withdrawn":
        last = next((record for record in reversed(case.consents) if record.withdrawn_at), None)
        return as_withdrawn(case, last.id) if last else None
    if kind == "case.closed":
        return as_closed(case)
    return None if case.hold is not None else as_told(case)
