"""The same rules in Guatemala and Mexico, with their own institutions."""

from datetime import date

import pytest

from shared.routing.case import CaseDetails
from tests.unit.routing.given import PAPERS, blocked, case, code_only, notes, routed, who

SALVADORAN = {"nationality": "SV", "situation": "in_transit"}

TABLE: list[tuple[str, CaseDetails, dict[str, set[str]]]] = [
    ("mx", case("international_protection", **SALVADORAN), {"comar": {"international_protection"}, "cndh": {"international_protection"}}),
    ("mx", case("information", answers=["fear_of_return"], **SALVADORAN), {"comar": {"protection"}, "cndh": {"protection"}}),
    ("mx", case("information", answers=["unaccompanied_child"], age=14, **SALVADORAN), {"dif": {"child_protection"}, "cndh": {"child_protection"}}),
    ("mx", case("rights_violation", **SALVADORAN), {"cndh": {"rights_violation"}}),
    ("mx", case("trafficking", **SALVADORAN), {"cndh": {"trafficking"}}),
    ("mx", case("information", answers=["urgent_medical"], **SALVADORAN), {"grupos-beta": {"protection"}}),
    ("mx", case("food_and_items", "shelter", **SALVADORAN), {"grupos-beta": {"food_and_items"}, "cndh": {"shelter"}}),
    ("mx", case("gender_based_violence", answers=["immediate_danger"], **SALVADORAN), {"cndh": {"gender_based_violence", "protection"}}),
    ("mx", case("consular_protection", nationality="MX", origin=None), {"sre": {"consular_protection"}}),
    ("mx", case("voluntary_return", voluntary_return=PAPERS, **SALVADORAN), {"iom-mx": {"voluntary_return"}, "sre": {"voluntary_return"}}),
    ("gt", case("international_protection", **SALVADORAN), {"igm": {"international_protection"}, "pdh": {"international_protection"}}),
    ("gt", case("information", answers=["unaccompanied_child"], age=14, **SALVADORAN), {"pgn": {"child_protection"}, "pdh": {"child_protection"}}),
    ("gt", case("rights_violation", **SALVADORAN), {"pdh": {"rights_violation"}}),
    ("gt", case("livelihood", nationality="GT", origin=None), {"coordinacion-gt": {"livelihood"}}),
    ("gt", case("livelihood", **SALVADORAN), {"pdh": {"livelihood"}}),
]


@pytest.mark.parametrize(("node", "details", "expected"), TABLE)
def test_who_gets_which_need(node: str, details: CaseDetails, expected: dict[str, set[str]]) -> None:
    assert who(routed(details, node=node)) == expected


@pytest.mark.parametrize("node", ["gt", "mx"])
def test_the_salvadoran_consulate_hears_only_when_asked_for(node: str) -> None:
    ombudsman = {"gt": "pdh", "mx": "cndh"}[node]
    asked = case("consular_protection", recipients=(ombudsman, "rree"), **SALVADORAN)
    afraid = case("consular_protection", answers=["fear_of_return"], recipients=(ombudsman, "rree"), **SALVADORAN)
    assert set(who(routed(asked, node=node, peers={"sv"}))) == {ombudsman, "rree"}
    assert set(who(routed(afraid, node=node, peers={"sv"}))) == {ombudsman}
    assert "rree" in blocked(routed(afraid, node=node), "R1")


def test_the_rescue_group_never_learns_a_name() -> None:
    assert code_only(routed(case("food_and_items", **SALVADORAN), node="mx")) == {"grupos-beta"}


def test_the_protection_clock_counts_thirty_working_days_from_entry() -> None:
    decision = routed(case("international_protection", entry_date=date(2026, 11, 2), **SALVADORAN), node="mx")
    note = next(note for note in decision.notes if note.code == "protection_clock")
    assert "2026-12-14" in note.es
    assert "entry_date_missing" in notes(routed(case("international_protection", **SALVADORAN), node="mx"))
