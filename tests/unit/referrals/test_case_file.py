"""A case as the hub keeps it: what is refused, what is final."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referrals.domain.case_file import Told, case_of, errors_of
from services.referrals.domain.history import Entry
from services.referrals.use_cases.telling import MOST_WORDS, state_of
from shared.ids import case_code, new_id
from shared.vocabulary.codes import ConsentGivenBy, ConsentStatus
from tests.unit.referrals.examples import MONDAY, referral
from tests.unit.routing.given import case


def told(**changed) -> Told:
    known = {
        "case_id": new_id(), "case_code": case_code("sv", "LUN", 1), "person_id": new_id(), "consent_id": "first",
        "incarnation": 1, "version": 1, "registered_at": MONDAY, "details": case("legal_aid"),
    }
    return Told(**(known | changed))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"case_code": "SV-LUN-000001-0"}, "case_code"),
        ({"case_code": case_code("sv", "LHA", 1)}, "case_code"),
        ({"details": replace(case("legal_aid"), occurred_on=(MONDAY + timedelta(days=2)).date())}, "occurred_on"),
        ({"details": case("legal_aid", consent=replace(case("legal_aid").consent, status=ConsentStatus.REFUSED))}, "consent.status"),
        ({"details": case("legal_aid", age=17)}, "consent.given_by"),
        ({"details": replace(case("legal_aid"), person=replace(case("legal_aid").person, estimated_age=None))}, "person.birth_date"),
    ],
    ids=["check", "window", "future", "refused", "child", "age"],
)
def test_a_case_that_cannot_be_taken_names_its_field_and_no_value(changed: dict, field: str) -> None:
    errors = errors_of(told(**changed), "sv", "LUN", MONDAY)
    assert list(errors) == [field]
    assert "LUN" not in str(errors.values())


def test_a_child_is_consented_for_by_a_guardian() -> None:
    child = case("legal_aid", age=17, consent=replace(case("legal_aid").consent, given_by=ConsentGivenBy.GUARDIAN))
    assert errors_of(told(details=child), "sv", "LUN", MONDAY) == {}


def test_recipients_left_out_are_those_that_routing_ever_named_under_this_consent() -> None:
    kept = case_of(told(), "la-union", MONDAY)
    kept.routed({"pddh": frozenset()}, (), ("R7",))
    kept.routed({"rree": frozenset()}, (), ("R9",))
    assert [kept.consented(place, MONDAY) for place in ("pddh", "rree", "fgr")] == [True, True, False]
    kept.update(told(case_id=kept.id, version=2, consent_id="second"), MONDAY)
    assert not kept.consented("pddh", MONDAY)
    assert kept.fired == {"R7", "R9"}


def test_what_is_told_of_a_long_history_fits_into_what_can_be_sealed() -> None:
    words = "ñ" * (MOST_WORDS // 3)
    history = [Entry(new_id(), "r", MONDAY, "commented", "officer@pddh", text=words) for _ in range(5)]
    told_texts = [entry.text for entry in state_of(referral(), history).history]
    assert told_texts == [None, None, words, words, words]
