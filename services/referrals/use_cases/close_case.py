"""A window closes a case."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.use_cases.end_case import case_of_window, end_all, why_closed
from services.referrals.use_cases.ports import Work
from shared.vocabulary.codes import CloseReason


@dataclass(frozen=True)
class CloseCase:
    """Which case, why, and when it was closed at the window; ``told`` is the incarnation and version that says so."""

    window: str
    case_id: str
    reason: CloseReason
    closed_at: datetime
    told: tuple[int, int]
    text: str = ""


def close_case(request: CloseCase, *, work: Work, now: datetime) -> None:
    """Open referrals are cancelled or asked to stop; nothing is asked for this case again.

    Twice: nothing. Before its case: kept as a tombstone, and the case comes in closed. Late: final all the same.
    """
    case = case_of_window(work, request.case_id, request.window, request.told)
    if work.standings.closed(request.case_id) is not None:
        return
    work.standings.close(request.case_id, request.reason, request.closed_at)
    if case is not None:
        case.close(request.reason, request.closed_at)
        end_all(work, case, why_closed(request.reason), request.text or None, now)
