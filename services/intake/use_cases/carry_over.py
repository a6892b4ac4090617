"""A window was restored from a copy, and the database that it replaces can still be read: what ended there stays so."""

from services.intake.domain.case import Case
from services.intake.use_cases.close_case import CloseCase, close_case
from services.intake.use_cases.ports import Work
from services.intake.use_cases.withdraw_consent import WithdrawConsent, withdraw_consent
from shared.security.identities import Actor


def carry_over(newer: Case, *, by: Actor, work: Work) -> bool:
    """Take back the consents and close the case as it was done after the copy; whether something was.

    Twice: what is withdrawn or closed already is left alone. A case or a consent that the copy does not have is not
    made here: it is in the database that was kept aside.
    """
    here = work.cases.find(newer.id)
    if here is None:
        return False
    ours = {record.id: record for record in here.consents}
    done = False
    for record in newer.consents:
        known = ours.get(record.id)
        if record.withdrawn_at is not None and known is not None and known.withdrawn_at is None:
            withdraw_consent(WithdrawConsent(here.id, record.id), by=by, work=work, now=record.withdrawn_at)
            done = True
    if newer.closing is not None and here.closing is None:
        closing = newer.closing
        close_case(CloseCase(here.id, closing.reason, closing.text), by=by, work=work, now=closing.at)
        done = True
    return done
