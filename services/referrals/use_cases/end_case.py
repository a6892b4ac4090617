"""Ending what was asked for a case: untouched referrals are cancelled, the others asked to stop."""

from datetime import datetime

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.transitions import Doer, Party
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.errors import Unreadable
from shared.vocabulary.codes import CancelReason

WINDOW = Doer("window", Party.WINDOW)


def case_of_window(work: Work, case_id: str, window: str) -> CaseFile | None:
    """The case, if it is here; ``Unreadable`` when it is another window's."""
    case = work.cases.get(case_id)
    if case is not None and case.window != window:
        message = "the case is not this window's"
        raise Unreadable(message)
    return case


def end_all(work: Work, case: CaseFile, reason: CancelReason, text: str | None, now: datetime) -> None:
    """Cancel or stop every open referral of a case, on behalf of its window."""
    for referral in work.referrals.of_case(case.id):
        entry = referral.cancel(WINDOW, now, reason, text) if referral.open else None
        if entry is not None:
            tell(work, case, referral, entry, now=now, by_window=True)


def take_back_all(work: Work, case: CaseFile, now: datetime) -> None:
    """The consent is gone: the same, and whoever ever knew the person is asked to erase what they hold.

    Every referral says so, also one that is over: what notifications still has to send about it is not sent. A block
    that this consent had lifted binds again.
    """
    for referral in work.referrals.of_case(case.id):
        entry = referral.cancel(WINDOW, now, CancelReason.CONSENT_WITHDRAWN) if referral.open else None
        tell(work, case, referral, entry or referral.lose_consent(WINDOW, now), now=now, by_window=True)
    shut_out(work, case)


def shut_out(work: Work, case: CaseFile) -> None:
    """Of what a blocked institution had nothing is shown any more; a preview that nobody took on is purged."""
    for referral in work.referrals.of_case(case.id):
        if referral.institution in case.blocked and not referral.open and not referral.access_ended:
            referral.purge()
            if referral.accepted_at is None:
                work.referrals.purge(referral.id)
