"""A window closes a case."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.end_case import case_of_window, end_all
from services.referrals.use_cases.ports import Work
from shared.vocabulary.codes import CancelReason, CloseReason

_WHY = {CloseReason.SETTLED: CancelReason.NO_LONGER_NEEDED, CloseReason.PERSON_REQUEST: CancelReason.PERSON_REQUEST}


@dataclass(frozen=True)
class CloseCase:
    """Which case, why, and when it was closed at the window."""

    window: str
    case_id: str
    reason: CloseReason
    closed_at: datetime
    text: str = ""


def close_case(request: CloseCase, *, work: Work, now: datetime) -> None:
    """Open referrals are cancelled or asked to stop; nothing is asked for this case again.

    Twice: nothing. Before its case: kept as a tombstone, and the case comes in closed. Late: final all the same.
    """
    case = case_of_window(work, request.case_id, request.window)
    if work.standings.closed(request.case_id) is not None:
        return
    work.standings.close(request.case_id, request.reason, request.closed_at)
    if case is not None:
        case.close(request.reason, request.closed_at)
        end_all(work, case, _WHY.get(request.reason, CancelReason.OTHER), request.text or None, now)
