"""Who is full is not asked where another has room; nobody loses what they have; nothing else moves."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given

from shared.routing.capacity import Room
from shared.routing.case import Address, CaseDetails
from shared.routing.decide import decide
from shared.routing.decision import Decision
from shared.routing.directory import Directory
from shared.vocabulary.codes import Need
from tests.unit.directory.given import service
from tests.unit.routing.given import case, directory, notes, rules, who
from tests.unit.routing.strategies import cases

UNTIL = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
SOUTH, NORTH = "alcaldia-la-union", "alcaldia-la-union-norte"
SOUTH_IS_FULL = {(SOUTH, Need.SHELTER): UNTIL}
SANTA_ROSA = Address("SV", "SV-UN", "Santa Rosa de Lima")


def shelters(*areas: str) -> Directory:
    """The north gives shelter to these areas."""
    return replace(directory(), services=(service(f"{NORTH}-albergue", NORTH, "shelter", areas=areas),))


def routed(details: CaseDetails, known: Directory, room: Room) -> Decision:
    return decide(details, node="sv", window="la-union", rules=rules(), directory=known, room=room)


def test_what_one_has_no_room_for_goes_to_another_that_serves_the_place() -> None:
    decision = routed(case("shelter", "health"), shelters("SV-UN"), Room(SOUTH_IS_FULL))
    assert who(decision) == {SOUTH: {"health"}, NORTH: {"shelter"}}
    (note,) = [note for note in decision.notes if note.code == "full_elsewhere"]
    assert (note.institution, note.need) == (SOUTH, "shelter")
    assert "La Unión Norte" in note.es
    assert "La Unión Norte" in note.en
    assert "2026-11-30" in note.es


@pytest.mark.parametrize(
    ("known", "full"),
    [
        (shelters("La Unión Norte"), SOUTH_IS_FULL),
        (replace(shelters("SV-UN"), services=()), SOUTH_IS_FULL),
        (shelters("SV-UN"), {**SOUTH_IS_FULL, (NORTH, Need.SHELTER): UNTIL}),
        (replace(shelters("SV-UN"), institutions=tuple(replace(i, active=i.id != NORTH) for i in directory().institutions)), SOUTH_IS_FULL),
    ],
    ids=["serves others", "gives nothing", "full too", "inactive"],
)
def test_without_another_the_full_one_is_asked_all_the_same_and_it_is_said(known: Directory, full: dict) -> None:
    decision = routed(case("shelter"), known, Room(full))
    assert who(decision) == {SOUTH: {"shelter"}}
    assert "full" in notes(decision)


def test_a_block_and_a_consent_that_names_others_keep_a_need_from_the_other() -> None:
    unsafe = case("shelter", answers=["unsafe_municipality"], origin=SANTA_ROSA)
    assert who(routed(unsafe, shelters("SV-UN"), Room(SOUTH_IS_FULL)))[SOUTH] == {"shelter"}
    named = case("shelter", recipients=(SOUTH,))
    assert who(routed(named, shelters("SV-UN"), Room(SOUTH_IS_FULL))) == {SOUTH: {"shelter"}}


def test_whoever_has_a_need_open_keeps_it_although_full_for_others() -> None:
    held = Room(SOUTH_IS_FULL, frozenset({(SOUTH, Need.SHELTER)}))
    decision = routed(case("shelter"), shelters("SV-UN"), held)
    assert who(decision) == {SOUTH: {"shelter"}}
    assert "full" not in notes(decision)


def test_what_went_to_another_stays_there_when_there_is_room_again() -> None:
    decision = routed(case("shelter"), shelters("SV-UN"), Room({}, frozenset({(NORTH, Need.SHELTER)})))
    assert who(decision) == {NORTH: {"shelter"}}
    moved_away = case("shelter", residence=Address("SV", "SV-AH", "San Francisco Menéndez"))
    assert NORTH not in who(routed(moved_away, shelters("SV-UN"), Room({}, frozenset({(NORTH, Need.SHELTER)}))))


def test_rules_of_an_older_hub_have_no_sentence_for_it_and_route_all_the_same() -> None:
    older = replace(rules(), notes={code: text for code, text in rules().notes.items() if not code.startswith("full")})
    decision = decide(
        case("shelter"), node="sv", window="la-union", rules=older, directory=shelters("SV-UN"), room=Room(SOUTH_IS_FULL)
    )
    assert who(decision) == {NORTH: {"shelter"}}


@given(cases())
def test_no_need_is_lost_and_nobody_blocked_is_asked_whoever_is_full(details: CaseDetails) -> None:
    known = shelters("SV-UN", "SV-AH")
    plain = routed(details, known, Room({}))
    full = {(one.id, need): UNTIL for one in known.institutions for need in Need if one.id != NORTH}
    crowded = routed(details, known, Room(full))
    assert {need for needs in who(crowded).values() for need in needs} == {need for needs in who(plain).values() for need in needs}
    assert {block.institution for block in crowded.blocked}.isdisjoint(who(crowded))
