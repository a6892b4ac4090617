"""Claim codes: spoken without doubt, hard to guess, wrong when mistyped; and the four words they tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.claims import ClaimStatus, claim_status
from shared.spoken import ALPHABET, new_code, parse_code
from shared.vocabulary.codes import ReferralStatus as S

codes = st.builds(new_code)


@given(codes)
def test_a_code_has_no_letter_that_is_heard_or_read_as_another(code: str) -> None:
    assert set(code) - {"-"} <= set(ALPHABET)
    assert not set("01OILU") & set(code)
    assert [len(group) for group in code.split("-")] == [4, 4, 4]


def test_a_code_holds_more_than_fifty_bits_and_none_comes_twice() -> None:
    assert len(ALPHABET) ** 11 > 2**50
    assert len({new_code() for _ in range(2000)}) == 2000


@given(codes)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    for typed in (code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("-", "."), code.replace("-", " – "), f"  {code} "):
        assert parse_code(typed) == code


@given(codes, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_always_noticed(code: str, place: int, letter: str) -> None:
    packed = code.replace("-", "")
    wrong = packed[:place] + letter + packed[place + 1 :]
    if wrong != packed:
        with pytest.raises(ValueError):
            parse_code(wrong)


@pytest.mark.parametrize("text", ["", "K7QF", "K7QF-2MXP-9TR0", "O" * 12, "K" * 5000, "K7QF-2MXP-9TRDY", "ñ" * 12])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a spoken code"):
        parse_code(text)


@pytest.mark.parametrize(
    ("states", "shut", "expected"),
    [
        ([], False, ClaimStatus.RECEIVED),
        ([S.REQUESTED, S.CANCELLED], False, ClaimStatus.RECEIVED),
        ([S.REQUESTED, S.RECEIVED], False, ClaimStatus.IN_REVIEW),
        ([S.RECEIVED, S.REJECTED], False, ClaimStatus.ANSWERED),
        ([S.ON_HOLD], False, ClaimStatus.ANSWERED),
        ([S.ENTERED_IN_ERROR], False, ClaimStatus.RECEIVED),
        ([S.COMPLETED], True, ClaimStatus.CLOSED),
    ],
)
def test_a_case_stands_in_one_of_four_words(states: list[S], shut: bool, expected: ClaimStatus) -> None:
    assert claim_status(shut=shut, referrals=states) is expected
