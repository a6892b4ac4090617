"""A window lost its database: its cases go back to it."""

from services.referrals.domain.case_file import CaseFile
from services.referrals.use_cases.change_access import tell_staff_again
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import for_window
from shared.contracts.addresses import Address
from shared.contracts.case_restored import CaseRestored
from shared.errors import Refused
from shared.security.identities import Actor

AT_ONCE = 50
"""Cases given back in one transaction."""


def rebuild_window(window: str, *, by: Actor, work: Work) -> int:
    """Queue everything that the hub knows of a window's cases, and tell it who may sign in; how many cases.

    Twice: what the window has at that version or a later one it leaves alone. What never left it cannot come back.
    """
    if work.country.window(window) is None:
        raise Refused("invalid", fields={"window": ["No existe esa ventanilla."]})
    tell_staff_again(window, work=work)
    work.audit.note(by, "window.rebuild", "window", window)
    return work.cases.give_back(window)


def give_back(*, work: Work) -> int:
    """Tell the next queued cases to their windows, as they ended if they did; how many were taken from the queue.

    Half way: a case leaves the queue in the transaction that queues its events. Who was forgotten does not go back.
    """
    ids = work.cases.next_to_give_back(AT_ONCE)
    work.prepare(case_ids=ids, told=(), referral_ids=(), consent_ids=())
    for case_id in ids:
        case = work.cases.get(case_id)
        if case is not None:
            _tell(case, work)
    return len(ids)


def _tell(case: CaseFile, work: Work) -> None:
    to = Address.window(work.country.node, case.window)
    work.outbox.append(_restored(case, work), to=to, subject=case.id, version=case.told_version)
    routed = work.cases.routed(case)
    if routed is not None:
        work.outbox.append(routed, to=to, subject=case.id, version=routed.case_version)
    for referral in work.referrals.of_case(case.id):
        history = work.referrals.history(referral.id)
        latest = [entry for entry in history if not entry.private][-1]
        work.outbox.append(for_window(referral, latest, history), to=to, subject=referral.id, version=referral.version)


def _restored(case: CaseFile, work: Work) -> CaseRestored:
    withdrawn_at = work.standings.withdrawal(case.consent_id) if case.withdrawn else None
    return CaseRestored(
        case_id=case.id, case_code=case.code, person_id=case.person_id, consent_id=case.consent_id,
        incarnation=case.told_incarnation, version=case.version, registered_at=case.registered_at, details=case.details,
        batch=case.batch, consented_at=case.consent_since, approvals=case.approvals, told_version=case.told_version, withdrawn_at=withdrawn_at, closed_at=case.closed_at,
        close_reason=case.close_reason,
    )
