"""What a referral's times mean to its window."""

from datetime import datetime

from shared.contracts.referral import ReferralState
from shared.vocabulary.codes import ReferralStatus

ANSWERS = frozenset({"accepted", "rejected"})
"""Changes by which an institution answers (domain.md, Vocabulary, urgency)."""


def due_of(state: ReferralState) -> datetime | None:
    """Until when the institution has to acknowledge, else to answer; None when neither is open."""
    return {ReferralStatus.REQUESTED: state.ack_due_at, ReferralStatus.RECEIVED: state.due_at}.get(state.status)


def overdue(state: ReferralState, now: datetime) -> bool:
    """Whether whichever deadline is open has passed, that of a stop request first (domain.md, Vocabulary, urgency)."""
    due = state.stop_due_at or due_of(state)
    return due is not None and due < now


def answered_in_time(state: ReferralState) -> bool | None:
    """Whether it was accepted or declined by its deadline; None before it was, and where none was set."""
    answered = min((entry.at for entry in state.history if entry.change in ANSWERS), default=None)
    return None if answered is None or state.due_at is None else answered <= state.due_at
