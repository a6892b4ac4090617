"""Case codes are checked, and ids rise."""

import time

import pytest
import uuid_utils
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import case_code, id_after, new_id, parse_case_code


def test_ids_rise():
    made = [new_id() for _ in range(1000)]
    assert made == sorted(set(made))


def test_an_id_after_another_sorts_after_it_whatever_the_clock_says():
    tomorrow = str(uuid_utils.uuid7(nanoseconds=time.time_ns() + 24 * 3600 * 10**9))
    made = [tomorrow]
    for _ in range(100):
        made.append(id_after(made[-1]))
    assert made == sorted(set(made))
    assert id_after("00000000-0000-7000-8000-000000000000") < tomorrow


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
