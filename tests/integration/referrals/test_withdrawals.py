"""A consent taken back, and one that runs out: what stops, who must erase, who is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.ids import new_id
from tests.integration.referrals.signed import days, withdrawn
from tests.integration.referrals.world import (
    LA_UNION,
    MONDAY,
    NOTIFICATIONS,
    World,
    with_consent,
    with_person,
)
from tests.unit.routing.given import case


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=database_url)
    yield made
    made.close()


def three_desks(world: World):
    """One accepted, one completed, one untouched."""
    told = world.registers(with_person(case("legal_aid", "livelihood", "recovery_of_belongings"), given_name="Xiomara"))
    world.at("officer@pddh").acts(world.referral_at("pddh")["id"], "receive", "accept")
    world.at("officer@rree").acts(world.referral_at("rree")["id"], "receive", "accept", "start", "complete")
    return told


def test_a_withdrawal_asks_everybody_who_knew_the_person_to_erase_and_nobody_else(world: World) -> None:
    told = three_desks(world)
    world.tells(withdrawn(told), version=9)

    accepted, completed, untouched = (world.referral_at(one) for one in ("pddh", "rree", "alcaldia-la-union"))
    assert (accepted["status"], accepted["stop_requested"], accepted["erasure"]["answer"]) == ("accepted", True, None)
    assert (completed["status"], completed["erasure"]["answer"]) == ("completed", None)
    assert (untouched["status"], untouched["erasure"]) == ("cancelled", None)
    assert "erasure" in accepted["allowed_actions"]
    assert "erasure" in completed["allowed_actions"]
    assert "erasure" not in untouched["allowed_actions"]
    assert "forward" not in accepted["allowed_actions"]
    assert "reopen" not in world.at("manager@rree").get(f"/referrals/{completed['id']}").json["allowed_actions"]
    for desk in ("pddh", "rree", "alcaldia-la-union"):
        seen = world.at(f"officer@{desk}").get(f"/referrals/{world.referral_at(desk)['id']}").json
        assert seen["person"] == {}
        assert "Xiomara" not in str(seen)


def test_each_answer_reaches_the_window_and_one_is_for_all_that_an_institution_had(world: World) -> None:
    told = three_desks(world)
    world.updates(told, version=2, details=case("legal_aid", "rights_violation", "livelihood", "recovery_of_belongings"))
    (second,) = [one for one in world.desk("pddh") if one["status"] == "requested"]
    world.at("officer@pddh").acts(second["id"], "receive", "accept")
    world.tells(withdrawn(told), version=9)

    officer = world.at("officer@pddh")
    answer = officer.act(second["id"], "erasure", {"answer": "restricted", "duty": "Ley de la Procuraduría, expediente 9"})
    assert answer.status_code == 200
    assert {one["erasure"]["answer"] for one in world.desk("pddh")} == {"restricted"}
    told_states = {event.referral.institution: event.referral.erasure for event in world.updates_to(LA_UNION, "erasure-answered")}
    assert told_states["pddh"].duty == "Ley de la Procuraduría, expediente 9"

    again = officer.act(second["id"], "erasure", {"answer": "erased"})
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")
    assert "erasure" not in again.json["allowed_actions"]
    assert world.at("officer@rree").act(world.referral_at("rree")["id"], "erasure", {"answer": "erased"}).status_code == 200
    assert officer.act(second["id"], "cancel", {"reason": "person-request"}).json["status"] == "cancelled"


def test_to_keep_data_takes_a_duty_and_a_coordinator_can_only_say_nobody_was_reached(world: World) -> None:
    told = three_desks(world)
    referral = world.referral_at("pddh")["id"]
    early = world.at("officer@pddh").act(referral, "erasure", {"answer": "erased"})
    assert (early.status_code, early.json["code"]) == (409, "wrong_state")
    world.tells(withdrawn(told), version=9)

    kept = world.at("officer@pddh").act(referral, "erasure", {"answer": "restricted", "duty": "  "})
    assert (kept.status_code, set(kept.json["errors"])) == (422, {"duty"})
    coordinator = world.at("coordinator@sv")
    assert set(coordinator.act(referral, "erasure", {"answer": "erased"}).json["errors"]) == {"answer"}
    assert world.at("officer@rree").act(referral, "erasure", {"answer": "erased"}).status_code == 404
    assert coordinator.act(referral, "erasure", {"answer": "unreachable"}).status_code == 200
    assert world.referral_at("pddh")["erasure"]["answered_by"] == "coordinator@sv"


def test_the_words_of_a_duty_are_the_institutions_own_and_the_windows(world: World) -> None:
    told = three_desks(world)
    world.tells(withdrawn(told), version=9)
    referral = world.referral_at("pddh")["id"]
    world.at("officer@pddh").act(referral, "erasure", {"answer": "restricted", "duty": "Causa de Xiomara"})
    assert world.at("coordinator@sv").get(f"/referrals/{referral}").json["erasure"]["duty"] == ""
    assert world.at("deputy@pddh").get(f"/referrals/{referral}").json["erasure"]["duty"] == "Causa de Xiomara"


def test_every_referral_of_the_case_is_silenced_and_the_duties_are_still_told(world: World) -> None:
    told = three_desks(world)
    before = len(world.updates_to(NOTIFICATIONS))
    world.tells(withdrawn(told), version=9)
    events = world.updates_to(NOTIFICATIONS)[before:]
    assert {(event.institution, event.change, event.notice.silences, event.notice.audiences) for event in events} == {
        ("pddh", "stop-requested", True, ("institution",)),
        ("rree", "erasure-asked", True, ("institution",)),
        ("alcaldia-la-union", "cancelled", True, ("institution",)),
    }


def test_a_withdrawal_told_twice_or_again_after_a_new_consent_takes_nothing_more(world: World) -> None:
    told = three_desks(world)
    world.tells(withdrawn(told), version=9)
    count = len(world.updates_to(LA_UNION))
    world.tells(withdrawn(told), version=9)
    assert len(world.updates_to(LA_UNION)) == count

    anew = replace(told, consent_id=new_id())
    world.updates(anew, version=10)
    again = [one for one in world.desk("alcaldia-la-union") if one["status"] == "requested"]
    assert len(again) == 1
    world.tells(withdrawn(told), version=9)
    assert world.desk("alcaldia-la-union")[0]["status"] == "requested"


def test_a_person_who_consents_anew_and_takes_it_back_again_is_asked_for_again(world: World) -> None:
    told = three_desks(world)
    world.tells(withdrawn(told), version=9)
    world.at("officer@pddh").act(world.referral_at("pddh")["id"], "erasure", {"answer": "erased"})
    world.at("officer@pddh").acts(world.referral_at("pddh")["id"], "cancel")
    anew = replace(told, consent_id=new_id())
    world.updates(anew, version=10)
    (second,) = [one for one in world.desk("pddh") if one["status"] == "requested"]
    world.at("officer@pddh").acts(second["id"], "receive", "accept")
    world.tells(withdrawn(anew), version=11)
    assert {one["id"]: one["erasure"]["answer"] for one in world.desk("pddh")}[second["id"]] is None


def test_a_consent_that_leaves_an_institution_out_asks_it_to_erase(world: World) -> None:
    told = three_desks(world)
    world.updates(told, version=2, details=with_consent(told.details, recipients=("rree", "alcaldia-la-union")))
    seen = world.referral_at("pddh")
    assert (seen["stop_requested"], seen["erasure"]["answer"]) == (True, None)
    assert world.referral_at("alcaldia-la-union")["status"] == "requested"


def test_a_consent_that_leaves_the_country_out_shuts_and_forbids_also_by_hand(world: World) -> None:
    told = three_desks(world)
    world.updates(told, version=2, details=with_consent(told.details, countries=("MX",)))
    seen = world.at("officer@pddh").get(f"/referrals/{world.referral_at('pddh')['id']}").json
    assert (seen["person"], seen["stop_requested"], seen["erasure"]["answer"]) == ({}, True, None)
    body = {"case_id": told.case_id, "institution": "pddh", "needs": ["shelter"], "text": "Por favor"}
    assert world.at("coordinator@sv").post("/referrals", body).json["code"] == "institution_unavailable"


def test_the_term_of_a_consent_begins_when_it_was_recorded_not_when_it_arrived(world: World) -> None:
    told = world.registered(case("legal_aid"))
    world.tells(replace(told, consented_at=MONDAY - timedelta(days=89)))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    world.clock.forward(days=2)
    assert officer.get(f"/referrals/{referral['id']}").json["person"] == {}


def test_when_a_consent_runs_out_the_state_stays_access_closes_and_the_window_hears_it_once(world: World) -> None:
    told = world.registers(with_person(with_consent(case("legal_aid", "livelihood"), expires_on=days(2)), given_name="Xiomara"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    world.clock.at = MONDAY + timedelta(days=3)
    for _ in range(2):
        world.hub.watch_clocks()
    assert sorted(event.institution for event in world.updates_to(LA_UNION, "consent-lapsed")) == ["alcaldia-la-union", "pddh"]
    notice = world.updates_to(NOTIFICATIONS, "consent-lapsed")[0].notice
    assert notice.audiences == ("window",)
    seen = officer.get(f"/referrals/{referral['id']}").json
    assert (seen["status"], seen["stop_requested"], seen["person"]) == ("accepted", False, {})
    assert officer.get("/referrals", q="Xiomara").json["total"] == 0

    world.updates(told, version=2, consent_id=new_id(), details=with_consent(told.details, expires_on=days(30)))
    assert officer.get(f"/referrals/{referral['id']}").json["person"]["given_name"] == "Xiomara"
    assert officer.get("/referrals", q="Xiomara").json["total"] == 1
    assert len(world.desk("pddh")) == 1


def test_a_case_that_arrives_when_its_consent_has_run_out_is_asked_of_nobody(world: World) -> None:
    world.registers(with_consent(case("legal_aid"), expires_on=days(-1)))
    assert world.desk("pddh") == []
    assert [note.code for note in world.said(to=LA_UNION, kind="case.routed")[-1].event.notes] == ["withheld"]


def test_a_new_fear_takes_back_also_under_a_consent_that_has_run_out(world: World) -> None:
    told = world.registers(with_consent(case("consular_protection", "legal_aid"), expires_on=days(1)))
    world.clock.at = MONDAY + timedelta(days=2)
    fearful = case("consular_protection", "legal_aid", answers=["fear_of_return"])
    world.updates(told, version=2, details=with_consent(fearful, expires_on=days(1)))
    assert world.referral_at("rree")["status"] == "cancelled"
    assert world.referral_at("pddh")["status"] == "requested"


def test_a_stop_request_is_due_in_24_hours_and_then_escalates_once(world: World) -> None:
    told = three_desks(world)
    world.tells(withdrawn(told), version=9)
    asked = world.referral_at("pddh")
    assert (asked["overdue"], asked["escalated"], asked["stop_due_at"] is not None) == (False, False, True)
    world.clock.forward(hours=23)
    world.hub.watch_clocks()
    assert not world.referral_at("pddh")["escalated"]
    world.clock.forward(hours=2)
    assert world.referral_at("pddh")["overdue"]
    assert [one["institution"] for one in world.at("officer@pddh").get("/referrals", overdue="true").json["items"]] == ["pddh"]
    for _ in range(2):
        world.hub.watch_clocks()
    assert world.referral_at("pddh")["escalated"]
    (event,) = world.updates_to(NOTIFICATIONS, "overdue")
    assert event.notice.audiences == ("manager", "coordinator", "window")
    assert world.at("officer@pddh").act(asked["id"], "fail", {"reason": "other"}).status_code == 200
    assert not world.referral_at("pddh")["overdue"]


def test_each_read_of_a_person_names_its_consent_in_the_audit(world: World) -> None:
    told = three_desks(world)
    world.at("officer@pddh").get(f"/cases/{told.case_id}")
    lines = world.at("auditor@sv").get("/audit", who="officer@pddh").json["items"]
    read = [line for line in lines if line["act"] in {"referral.read", "hub_case.read"} and line["fields"]]
    assert read
    assert {line["ground"] for line in read} == {f"consent:{told.consent_id}"}
