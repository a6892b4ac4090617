"""A person takes a consent back."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.end_case import case_of_window, take_back_all
from services.referrals.use_cases.ports import Work


@dataclass(frozen=True)
class WithdrawConsent:
    """Which consent of which case, and when it was taken back at the window."""

    window: str
    case_id: str
    consent_id: str
    withdrawn_at: datetime


def withdraw_consent(request: WithdrawConsent, *, work: Work, now: datetime) -> None:
    """Sharing stops at once: untouched referrals are cancelled, accepted ones lose access and are asked to stop.

    Every institution that ever knew the person is asked to erase what it holds, and what waits to be notified about
    the case is not sent.

    Twice: nothing. Before its case, or late: the tombstone of that consent is final, and no later version under
    it revives anything. When another consent is in force by now, what that one covers stays.
    """
    case = case_of_window(work, request.case_id, request.window)
    if work.standings.withdrawn(request.consent_id):
        return
    work.standings.withdraw(request.consent_id, request.withdrawn_at)
    if case is not None and case.withdraw(request.consent_id):
        take_back_all(work, case, now)
