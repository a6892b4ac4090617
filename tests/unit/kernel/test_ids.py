"""Case codes are checked, and ids rise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import case_code, new_id, parse_case_code


def test_ids_rise():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))


def test_a_code_reads_as_the_contract_says():
    code = case_code("sv", "LUN", 123)
    assert code.startswith("SV-LUN-000123-")
    assert len(code) == 15


@given(st.integers(min_value=1, max_value=999_999_999))
def test_a_code_is_read_back_with_or_without_hyphens_and_in_small_letters(number):
    code = case_code("sv", "LUN", number)
    for written in (code, code.replace("-", ""), code.lower(), f" {code} "):
        assert parse_case_code(written).number == number


@given(st.integers(min_value=1, max_value=999_999), st.integers(min_value=0, max_value=5), st.integers(0, 9))
def test_one_wrong_digit_is_noticed(number, place, digit):
    code = case_code("sv", "LUN", number)
    wrong = code[: 7 + place] + str(digit) + code[8 + place :]
    if wrong != code:
        with pytest.raises(ValueError, match="code"):
            parse_case_code(wrong)
