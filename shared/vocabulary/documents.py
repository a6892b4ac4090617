"""Numbers of identity papers."""

import re

_DUI = re.compile(r"([0-9]{8})-?([0-9])")


def dui_is_valid(number: str) -> bool:
    """Whether a DUI is well formed (``01234567-8``, the hyphen optional) and its check digit right.

    Weights 9 to 2 over the eight digits; the check digit is (10 - sum mod 10) mod 10 (contracts.md, HTTP).
    """
    match = _DUI.fullmatch(number.strip())
    if match is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(match[1], range(9, 1, -1), strict=True))
    return (10 - total % 10) % 10 == int(match[2])


def dui_as_written(number: str) -> str:
    """A valid DUI in its usual form, with the hyphen; ``ValueError`` for one that is not valid."""
    if not dui_is_valid(number):
        message = "not a DUI"
        raise ValueError(message)
    digits = number.strip().replace("-", "")
    return f"{digits[:8]}-{digits[8]}"
