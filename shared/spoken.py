"""Codes that are read aloud without doubt: no 0 or O, 1 or I or L, no U; drawn by chance, with a check character.

Twelve characters in three groups (``K7QF-2MXP-9TRD``). Eleven are drawn (54 bits), the last is Luhn over the same
alphabet, which notices every wrong letter and nearly every swap.
"""

import secrets

from stdnum import luhn

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 11
GROUP = 4
_LONGEST_TYPED = 40


def new_code() -> str:
    """A code that nobody has."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(DRAWN))
    return _in_groups(drawn + luhn.calc_check_digit(drawn, alphabet=ALPHABET))


def parse_code(text: str) -> str:
    """A code as it was typed or heard; ``ValueError`` when it is none or its check fails.

    Groups, case and whatever stands between the characters (spaces, hyphens, dots) are forgiven.
    """
    packed = "".join(filter(str.isalnum, text)).upper() if len(text) <= _LONGEST_TYPED else ""
    if len(packed) != DRAWN + 1 or not set(packed) <= set(ALPHABET) or not luhn.is_valid(packed, alphabet=ALPHABET):
        message = "not a spoken code"
        raise ValueError(message)
    return _in_groups(packed)


def _in_groups(packed: str) -> str:
    return "-".join(packed[start : start + GROUP] for start in range(0, len(packed), GROUP))
