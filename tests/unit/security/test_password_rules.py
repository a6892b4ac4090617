"""Which passwords are taken (NIST SP 800-63B rev. 4): long ones that nobody would try first, of any characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.password_rules import (
    COMMON,
    LEAST_ALONE,
    LEAST_WITH_SECOND_STEP,
    LIKE_NAME,
    LONGEST,
    SHORT_ALONE,
    SHORT_WITH_STEP,
    TOO_LONG,
    faults,
    normal,
)
from shared.security.passwords import Passwords, at_once

ME = "m.perez@pddh"


def said(password: str, least: int = LEAST_ALONE) -> list[str]:
    return list(faults(password, username=ME, least=least))


@pytest.mark.parametrize(
    "password",
    ["tres gatos en la lluvia", "🐈🐈🐈 bajo una lluvia de abril", "solo minusculas largas", "ЖЖЖ и ещё длиннее вот", "9481 7730 2265 1194 03"],
)
def test_a_long_password_of_any_characters_is_taken(password: str) -> None:
    assert said(password) == []


def test_fifteen_characters_are_needed_alone_and_eight_beside_a_second_step() -> None:
    assert said("catorce letras")[0] == SHORT_ALONE
    assert said("quince letrasss") == []
    assert said("catorce letras", LEAST_WITH_SECOND_STEP) == []
    assert said("siete 7", LEAST_WITH_SECOND_STEP) == [SHORT_WITH_STEP]


def test_a_very_long_one_is_taken_and_a_file_is_not() -> None:
    assert said("un verso tras otro " * 8 + "y el final") == []
    assert said("x y z w v " * 30) == [TOO_LONG]
    assert LONGEST >= 64


@pytest.mark.parametrize(
    "password",
    [
        "ventanilla-demo", "Ventanilla2026!!", "ventanillas 2026", "contraseña1234567", "CONTRASEÑA2026!!!", "12345678901234567",
        "aaaaaaaaaaaaaaaaaaaa", "abababababababababab", "qwertyuiop12345678", "098765432109876543", "elsalvador2026!!!",
        "holaholaholahola", "Dios es amor 2026", "abcdefghijklmnopqrst",
    ],
)
def test_what_is_tried_first_is_refused_also_with_digits_around_it_or_doubled(password: str) -> None:
    assert said(password) == [COMMON]


@pytest.mark.parametrize("password", ["password", "iloveyou1", "Princesa2026", "qwerty12345"])
def test_the_same_holds_for_short_ones_beside_a_second_step(password: str) -> None:
    assert said(password, LEAST_WITH_SECOND_STEP) == [COMMON]


@pytest.mark.parametrize("password", ["m.perez@pddh 2026", "M.PEREZ@PDDH-----", "soy m.perez del centro"])
def test_ones_own_name_has_no_place_in_it(password: str) -> None:
    assert said(password) == [LIKE_NAME]


@given(st.text(max_size=300))
def test_whatever_is_typed_is_answered(password: str) -> None:
    assert len(said(password)) <= 1


def test_the_same_keys_on_another_machine_are_the_same_password() -> None:
    composed, apart = "ñandú en la montaña", "n\u0303andu\u0301 en la montan\u0303a"
    assert composed != apart
    assert normal(composed) == normal(apart)
    passwords = Passwords(at_once)
    assert passwords.fits(passwords.hashed(composed), apart)


def test_a_megabyte_is_no_password_and_costs_no_more_than_one() -> None:
    passwords = Passwords(at_once)
    assert not passwords.fits(passwords.hashed("x"), "x" * 1_000_000)
