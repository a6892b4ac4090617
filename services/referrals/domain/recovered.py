"""A referral of which a restored hub forgot what it did to it (decision 5)."""

from datetime import datetime

from services.referrals.domain.history import Entry
from services.referrals.domain.referral import Referral
from services.referrals.domain.transitions import Doer

_TOLD = (
    "status", "urgency", "needs", "reasons", "ack_due_at", "due_at", "received_at", "accepted_at", "accepted_by", "ended_at",
    "stop_requested_at", "stop_reason", "access_ended", "escalated", "responsible", "suggested_institution", "outcome",
    "service_delivered", "need_met", "review_on", "institution_ref", "appointment", "cancel_reason", "erasure",
)
"""What a window is told of a referral, and what follows from it; the rest never changes, or is kept here alone."""


def go_on_from(one: Referral, held: Referral, by: Doer, at: datetime) -> Entry:
    """It is again as its window was last told.

    What no window is told stays: the institution's own notes that were made after the copy must be made again.
    """
    for name in _TOLD:
        setattr(one, name, getattr(held, name))
    return one.learn_of(held.version, by, at)
