"""Claim codes: what is on a person's slip, to ask at any window how their case stands. They say nothing about anybody.

Twelve characters in three groups (``K7QF-2MXP-9TRD``), read aloud without doubt: no 0 or O, 1 or I or L, no U. Eleven
are drawn by chance (54 bits), the last is a check character (Luhn over the same alphabet). They are not derived from
anything: neither the case's code nor its id leads to one. The hub keeps only a keyed hash of each (docs/directory.md).
"""

import secrets
from collections.abc import Iterable
from enum import StrEnum

from stdnum import luhn

from shared.vocabulary.codes import ReferralStatus

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 11
GROUP = 4
_LONGEST_TYPED = 40


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


def new_claim_code() -> str:
    """A code that nobody has."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DRAWN))
    return spoken(drawn + luhn.calc_check_digit(drawn, alphabet=ALPHABET))


def parse_claim_code(text: str) -> str:
    """A code as it was typed or heard, groups and case forgiven; ``ValueError`` when it is none or its check fails."""
    packed = "".join(text.split()).replace("-", "").upper() if len(text) <= _LONGEST_TYPED else ""
    if len(packed) != DRAWN + 1 or not set(packed) <= set(ALPHABET) or not luhn.is_valid(packed, alphabet=ALPHABET):
        message = "not a claim code"
        raise ValueError(message)
    return spoken(packed)


def spoken(packed: str) -> str:
    """In groups, with hyphens between."""
    return "-".join(packed[start : start + GROUP] for start in range(0, len(packed), GROUP))


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
