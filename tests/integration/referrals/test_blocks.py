"""Blocks that hold: every way to an institution, what is taken back when a fear becomes known, what lifts one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.contracts.referral_asked import Ask, ReferralAsked
from shared.ids import new_id
from shared.routing.approval import Approvals
from tests.integration.referrals.signed import STAFF, SUPERVISOR, lift, refused_fields, withdrawn
from tests.integration.referrals.world import (
    LA_UNION,
    MONDAY,
    NOTIFICATIONS,
    World,
    with_consent,
    with_person,
)
from tests.unit.routing.given import case, complaint

EVERYBODY = ("pddh", "rree", "alcaldia-la-union", "fgr")


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=database_url)
    yield made
    made.close()


FEARS = {
    "R1": (case("legal_aid", answers=["fear_of_return"], nationality="HN", recipients=EVERYBODY), "rree"),
    "R1b": (case("legal_aid", "consular_protection", answers=["fear_of_return"], recipients=EVERYBODY), "rree"),
    "R3": (case("legal_aid", answers=["trafficking_indicators"], recipients=EVERYBODY), "alcaldia-la-union"),
    "R13": (case("livelihood", answers=["unsafe_municipality"], recipients=EVERYBODY), "alcaldia-la-union"),
    "R16": (case(complaint("rights_violation", institution="rree"), "consular_protection", recipients=EVERYBODY), "rree"),
}


@pytest.mark.parametrize("rule", FEARS)
def test_no_way_leads_to_a_blocked_institution_and_none_tells_why(world: World, rule: str) -> None:
    details, blocked = FEARS[rule]
    told = world.registers(details)
    assert world.desk(blocked) == []
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    nobody = {"case_id": told.case_id, "institution": "nadie", "needs": ["shelter"], "text": "Por favor"}
    expected = _problem(world.at("coordinator@sv").post("/referrals", nobody))
    assert expected[0] == 422

    for asker in ("coordinator@sv", "officer@pddh"):
        assert _problem(world.at(asker).post("/referrals", nobody | {"institution": blocked})) == expected
    assert _problem(officer.act(referral["id"], "forward", {"institution": blocked, "text": "Para ustedes."})) == expected
    officer.acts(referral["id"], "start", "fail")
    world.tells(ReferralAsked(new_id(), told.case_id, referral["id"], Ask.RE_REFER, STAFF, MONDAY, institution=blocked))
    assert world.updates_to(LA_UNION, "ask-refused")[-1].reason == "institution_unavailable"
    world.updates(told, version=2, details=replace(details, vulnerabilities={}))
    assert world.desk(blocked) == []
    assert world.at(f"officer@{blocked}").get(f"/cases/{told.case_id}").status_code == 404


def _problem(answer) -> tuple[int, dict]:
    return answer.status_code, {name: value for name, value in answer.json.items() if name != "instance"}


def test_violence_goes_only_where_the_survivor_chooses_also_by_hand(world: World) -> None:
    told = world.registers(case("gender_based_violence", "livelihood"))
    assert world.desk("alcaldia-la-union") == []
    body = {"case_id": told.case_id, "institution": "alcaldia-la-union", "needs": ["livelihood"], "text": "Por favor"}
    assert world.at("coordinator@sv").post("/referrals", body).json["code"] == "institution_unavailable"


def fear_becomes_known(world: World):
    """The foreign ministry has accepted, the municipality of origin has not looked yet; then the person says it is afraid."""
    details = with_person(case("consular_protection", "livelihood", "legal_aid"), given_name="Xiomara")
    told = world.registers(details)
    world.at("officer@rree").acts(world.referral_at("rree")["id"], "receive", "accept", "schedule")
    fearful = with_person(case("consular_protection", "livelihood", "legal_aid", answers=["fear_of_return"]), given_name="Xiomara")
    world.updates(told, version=2, details=fearful)
    return told


def test_a_fear_that_becomes_known_takes_back_what_is_out_at_once(world: World) -> None:
    told = fear_becomes_known(world)
    accepted, untouched = world.referral_at("rree"), world.referral_at("alcaldia-la-union")
    assert (accepted["status"], accepted["stop_requested"]) == ("accepted", True)
    assert untouched["status"] == "cancelled"
    for one in (accepted, untouched):
        assert (one["needs"], one["reasons"]) == ([], [])
        officer = world.at(f"officer@{one['institution']}")
        seen = officer.get(f"/referrals/{one['id']}").json
        assert seen["person"] == {}
        assert (seen["history"][-1]["by"], seen["history"][-1]["reason"]) == ("window", "other")
        assert "Xiomara" not in str(seen)
        assert officer.get("/referrals", q="Xiomara").json["total"] == 0
        assert officer.get("/referrals", need="consular_protection").json["total"] == 0
        assert officer.get("/referrals", need="livelihood").json["total"] == 0
    assert {"consular_protection", "livelihood"} <= set(world.referral_at("pddh")["needs"])
    assert world.at("officer@rree").get(f"/cases/{told.case_id}").json["person"] == {}


def test_the_supervisor_is_told_of_what_a_fear_took_back(world: World) -> None:
    fear_becomes_known(world)
    events = [event for event in world.updates_to(NOTIFICATIONS) if event.change in {"cancelled", "stop-requested"}]
    assert {event.institution: event.notice.audiences for event in events} == {
        "rree": ("institution", "supervisor"), "alcaldia-la-union": ("institution", "supervisor"),
    }
    assert {event.reason for event in world.updates_to(LA_UNION, "stop-requested")} == {"blocked"}


def test_nothing_but_the_envelope_of_a_purged_preview_is_kept(world: World) -> None:
    told = world.registers(case("livelihood", "legal_aid"))
    mayor, referral = world.at("officer@alcaldia-la-union"), world.referral_at("alcaldia-la-union")
    mayor.act(referral["id"], "comments", {"text": "¿Cuándo puede venir?"})
    mayor.patch(f"/referrals/{referral['id']}", {"institution_ref": "EXP-44"})
    world.updates(told, version=2, details=case("livelihood", "legal_aid", answers=["unsafe_municipality"]))
    with world.hub.database.read() as connection:
        tables = world.hub.tables
        history = connection.execute(select(tables.history.c.sealed).where(tables.history.c.referral_id == referral["id"]))
        assert set(history.scalars()) == {None}
        words = select(tables.search_tokens).where(tables.search_tokens.c.referral_id == referral["id"])
        assert connection.execute(words).all() == []
        row = connection.execute(select(tables.referrals).where(tables.referrals.c.id == referral["id"])).mappings().one()
    assert row["reasons"] == []
    assert world.hub.vault.open(told.person_id, referral["id"], row["sealed"])["institution_ref"] is None
    assert mayor.get("/referrals", q="EXP-44").json["total"] == 0
    assert [entry.text for entry in world.updates_to(LA_UNION, "cancelled")[0].referral.history if entry.change == "commented"] == ["¿Cuándo puede venir?"]


def test_what_an_institution_had_finished_is_shut_to_it_too(world: World) -> None:
    told = world.registers(case("livelihood", "legal_aid"))
    mayor, referral = world.at("officer@alcaldia-la-union"), world.referral_at("alcaldia-la-union")
    mayor.acts(referral["id"], "receive", "accept", "start", "complete")
    world.updates(told, version=2, details=case("livelihood", "legal_aid", answers=["unsafe_municipality"]))
    assert mayor.get(f"/referrals/{referral['id']}").json["needs"] == []
    assert mayor.get("/referrals", need="livelihood").json["total"] == 0
    assert world.at("coordinator@sv").get(f"/referrals/{referral['id']}").json["needs"] == ["livelihood"]


def wants_the_ministry(world: World):
    """A national who fears return, and wants the foreign ministry to help all the same."""
    details = case("consular_protection", answers=["fear_of_return"], recipients=EVERYBODY)
    told = world.registers(with_person(details, given_name="Xiomara"))
    assert world.desk("rree") == []
    return told


def test_a_lifted_block_lets_this_institution_know_and_no_other(world: World) -> None:
    told = wants_the_ministry(world)
    world.updates(told, version=2, approvals=lift(told, "rree", "R1b"))
    referral = world.referral_at("rree")
    assert referral["needs"] == ["consular_protection"]
    assert world.desk("fgr") == []
    routed = world.said(to=LA_UNION, kind="case.routed")[-1].event
    assert {(block.institution, block.rule) for block in routed.blocked} == {("fgr", "R1b"), ("alcaldia-la-union", "R1b")}

    officer = world.at("officer@rree")
    officer.acts(referral["id"], "receive", "accept")
    person = officer.get(f"/referrals/{referral['id']}").json["person"]
    assert set(person) == {"code", "needs"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by": STAFF}, "by"),
        ({"by": "supervisor@la-hachadura"}, "by"),
        ({"asked_by": SUPERVISOR}, "by"),
        ({"witness": " "}, "witness"),
        ({"institution": "sre"}, "institution"),
        ({"rule": "R3"}, "rule"),
        ({"rule": "R99"}, "rule"),
    ],
    ids=["staff", "other-window", "own-act", "no-witness", "not-named", "never-lifted", "no-rule"],
)
def test_a_lift_that_cannot_be_believed_refuses_the_version_and_lifts_nothing(world: World, wrong: dict, field: str) -> None:
    told = wants_the_ministry(world)
    world.updates(told, version=2, approvals=lift(told, **({"institution": "rree", "rule": "R1b"} | wrong)))
    assert f"approvals.lifts.0.{field}" in refused_fields(world)
    assert world.desk("rree") == []


def test_what_nothing_lifts_stays_though_another_block_of_the_institution_is_lifted(world: World) -> None:
    details = case("consular_protection", answers=["fear_of_return", "trafficking_indicators"], recipients=EVERYBODY)
    told = world.registers(details)
    world.updates(told, version=2, approvals=lift(told, "rree", "R1b"))
    assert world.desk("rree") == []


def test_the_block_binds_again_when_the_consent_that_lifted_it_is_taken_back_or_replaced(world: World) -> None:
    told = wants_the_ministry(world)
    told = replace(told, approvals=lift(told, "rree", "R1b"))
    world.updates(told, version=2)
    first = world.referral_at("rree")
    world.at("officer@rree").acts(first["id"], "receive", "accept")
    anew = replace(told, consent_id=new_id())
    world.updates(anew, version=3)
    seen = world.referral_at("rree")
    assert (seen["stop_requested"], seen["needs"]) == (True, [])

    other = wants_the_ministry_again(world)
    world.tells(withdrawn(other), version=9)
    renewed = replace(other, consent_id=new_id())
    world.updates(renewed, version=10)
    assert [one["status"] for one in world.desk("rree") if one["case_id"] == other.case_id] == ["cancelled"]


def test_what_a_ministry_had_rejected_reads_as_nothing_once_its_block_binds_again(world: World) -> None:
    told = wants_the_ministry_again(world)
    world.at("officer@rree").acts(world.referral_at("rree")["id"], "receive", "reject")
    assert world.referral_at("rree")["needs"] == ["consular_protection"]
    world.tells(withdrawn(told), version=9)
    assert (world.referral_at("rree")["status"], world.referral_at("rree")["needs"]) == ("rejected", [])


def wants_the_ministry_again(world: World):
    told = world.registers(case("consular_protection", answers=["fear_of_return"], recipients=EVERYBODY))
    told = replace(told, approvals=lift(told, "rree", "R1b"))
    world.updates(told, version=2)
    return told


def test_a_lift_outlives_versions_but_no_version_without_it_takes_the_block_away(world: World) -> None:
    told = wants_the_ministry(world)
    approved = lift(told, "rree", "R1b")
    world.updates(told, version=2, approvals=approved)
    calm = with_consent(case("consular_protection"), recipients=EVERYBODY)
    world.updates(told, version=3, approvals=approved, details=calm)
    assert [one["status"] for one in world.desk("rree")] == ["requested"]
    world.updates(told, version=4, approvals=Approvals(), details=calm, consent_id=new_id())
    assert [one["status"] for one in world.desk("rree")] == ["cancelled"]
    assert [one["status"] for one in world.desk("fgr")] == []


def test_a_case_that_was_lifted_before_it_ever_left_is_routed_at_once(world: World) -> None:
    told = world.registered(case("consular_protection", answers=["fear_of_return"], recipients=EVERYBODY))
    world.tells(replace(told, approvals=lift(told, "rree", "R1b")))
    assert len(world.desk("rree")) == 1
    world.updates(told, version=2, consent_id=new_id(), details=with_consent(case("consular_protection"), recipients=EVERYBODY))
    assert [one["status"] for one in world.desk("rree")] == ["cancelled"]
