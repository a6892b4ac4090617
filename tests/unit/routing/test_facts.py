"""The derived words of domain.md."""

from dataclasses import replace
from datetime import date

import pytest

from shared.routing.case import Address, CaseDetails
from shared.routing.facts import age_band, age_on, facts_of, residence
from shared.routing.rules import Word
from tests.unit.routing.given import CONCHAGUA, GUARDIAN, case, directory

WINDOW = directory().window("la-union")


def words(details: CaseDetails) -> frozenset[Word]:
    return facts_of(details, node="sv", window=WINDOW).words


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 20), date(2026, 11, 19), 17),
        (date(2008, 11, 20), date(2026, 11, 20), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
    ],
)
def test_age_is_that_of_the_day_of_the_interview(born: date, day: date, age: int) -> None:
    person = replace(case("health").person, birth_date=born, estimated_age=None)
    assert age_on(person, day) == age


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-5"), (5, "0-5"), (6, "6-11"), (11, "6-11"), (12, "12-17"), (17, "12-17"), (18, "18-24"), (24, "18-24"), (25, "25-59"), (59, "25-59"), (60, "60+"), (101, "60+"), (None, "unknown")],
)
def test_age_bands_touch_without_a_gap(age: int | None, band: str) -> None:
    assert age_band(age) == band


def test_a_second_nationality_makes_a_national_too() -> None:
    assert Word.NATIONAL in words(case("health", nationality="US", other_nationalities=("SV",)))
    assert Word.NATIONAL not in words(case("health", nationality="US"))


def test_at_home_means_national_here_and_not_in_transit() -> None:
    assert Word.AT_HOME in words(case("health"))
    assert Word.AT_HOME not in words(case("health", located_in="MX"))
    assert Word.AT_HOME not in words(case("health", situation="in_transit"))
    assert Word.AT_HOME not in words(case("health", nationality="HN"))


def test_a_trusted_contact_settles_only_the_doubt_about_age() -> None:
    assert Word.CHILD_ALONE in words(case("health", answers=["age_doubtful"]))
    assert Word.CHILD_ALONE not in words(case("health", answers=["age_doubtful", "trusted_contact"]))
    assert Word.CHILD_ALONE in words(case("health", answers=["unaccompanied_child", "trusted_contact"]))


def test_with_guardian_is_said_of_a_child_that_is_not_alone() -> None:
    assert Word.WITH_GUARDIAN in words(case("health", age=9, guardian=GUARDIAN))
    assert Word.WITH_GUARDIAN not in words(case("health", age=9))
    assert Word.WITH_GUARDIAN not in words(case("health", age=9, guardian=GUARDIAN, answers=["separated_child"]))
    assert Word.WITH_GUARDIAN not in words(case("health", age=19, guardian=GUARDIAN))


def test_residence_falls_back_to_origin_here_then_to_the_window() -> None:
    told = Address("SV", "SV-SS", "Apopa")
    assert residence(case("health", residence=told).person, "SV", WINDOW) == told
    assert residence(case("health").person, "SV", WINDOW) == CONCHAGUA
    abroad = case("health", origin=Address("HN")).person
    assert residence(abroad, "SV", WINDOW) == Address("SV", "SV-UN", "La Unión Sur")
