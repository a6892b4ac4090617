"""What a person's slip tells whoever shows it: how the case stands, in one of four words, and nothing about anybody.

The claim code on it (``shared/spoken.py``) is not derived from anything: neither the case's code nor its id leads to
it. The hub keeps only a keyed hash of each (docs/directory.md).
"""

from collections.abc import Iterable
from enum import StrEnum

from shared.vocabulary.codes import ReferralStatus


class ClaimStatus(StrEnum):
    """All that a claim code ever tells."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    CLOSED = "closed"


_ANSWERED = frozenset(
    {
        ReferralStatus.ACCEPTED, ReferralStatus.REJECTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD,
        ReferralStatus.COMPLETED, ReferralStatus.FAILED,
    }
)


def claim_token(code: str) -> str:
    """What a node's keyed hash of a code is made of."""
    return f"claim:{code}"


def claim_status(*, shut: bool, referrals: Iterable[ReferralStatus]) -> ClaimStatus:
    """How a case stands, in one of four words. ``shut``: closed, or its consent taken back.

    Answered means no more than that there is something to be told at a window: what, is told there.
    """
    if shut:
        return ClaimStatus.CLOSED
    seen = set(referrals)
    if seen & _ANSWERED:
        return ClaimStatus.ANSWERED
    return ClaimStatus.IN_REVIEW if ReferralStatus.RECEIVED in seen else ClaimStatus.RECEIVED
