"""A case comes from a window and is worked on at a desk; the window sees every step."""

import time
from functools import partial

import uuid_utils

from tests.integration.referrals.world import LA_UNION, NOTIFICATIONS, World, with_person
from tests.unit.routing.given import case


def test_a_case_becomes_one_referral_for_each_institution_with_reasons(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood"))

    (at_pddh,) = world.desk("pddh")
    assert at_pddh["case_code"] == told.case_code
    assert (at_pddh["status"], at_pddh["needs"]) == ("requested", ["legal_aid"])
    assert {"rule", "es", "en"} == set(at_pddh["reasons"][0])
    assert [one["needs"] for one in world.desk("alcaldia-la-union")] == [["livelihood"]]
    assert world.desk("rree") == []


def test_before_acceptance_an_officer_sees_only_the_first_row_and_then_the_person(world: World) -> None:
    world.registers(with_person(case("legal_aid"), given_name="Xiomara", phone="+50370218846"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")

    before = officer.get(f"/referrals/{referral['id']}").json
    assert set(before["person"]) == {"code", "age_band", "sex", "languages", "needs"}
    after = officer.acts(referral["id"], "receive", "accept")
    assert (after["person"]["given_name"], after["person"]["phone"]) == ("Xiomara", "+50370218846")
    ended = officer.acts(referral["id"], "start", "complete")
    assert ended["person"] == {}
    assert "Xiomara" not in world.at("coordinator@sv").get(f"/referrals/{referral['id']}").text


def test_the_window_hears_each_step_and_notifications_only_whom_to_tell(world: World) -> None:
    world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(
        referral["id"], "receive", "accept", "schedule", "comments", "note", "start", "hold", "resume", "complete"
    )

    heard = world.updates_to(LA_UNION)
    assert [event.change for event in heard] == [
        "requested", "received", "accepted", "scheduled", "commented", "in-progress", "on-hold", "in-progress", "completed"
    ]
    assert heard[-1].referral.status == "completed"
    assert [event.change for event in heard][:-1] == [entry.change for entry in heard[-1].referral.history][:-1]
    notices = world.updates_to(NOTIFICATIONS)
    assert [event.notice.audiences for event in notices][:3] == [("institution",), (), ("window",)]
    assert all(event.referral is None and event.reason is None for event in notices)


def test_a_history_stays_in_order_though_the_clock_is_set_back(world: World, monkeypatch) -> None:
    world.registers(case("legal_aid"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    yesterday = time.time_ns() - 24 * 3600 * 10**9
    monkeypatch.setattr("shared.ids.uuid_utils.uuid7", partial(uuid_utils.uuid7, nanoseconds=yesterday))
    world.clock.forward(days=-1)
    seen = officer.acts(referral["id"], "start", "complete")

    in_order = ["requested", "received", "accepted", "in-progress", "completed"]
    assert [entry["change"] for entry in seen["history"]] == in_order
    again = officer.get(f"/referrals/{referral['id']}").json
    assert [entry["change"] for entry in again["history"]] == in_order


def test_an_etag_that_is_stale_is_refused_before_the_state_is_asked(world: World) -> None:
    world.registers(case("legal_aid"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    first = officer.get(f"/referrals/{referral['id']}").headers["ETag"]
    officer.acts(referral["id"], "receive")

    assert officer.act(referral["id"], "complete", BODY_OF_COMPLETE, If_Match=first).status_code == 412
    answer = officer.act(referral["id"], "complete", BODY_OF_COMPLETE)
    assert answer.status_code == 409
    assert answer.json["state"] == "received"
    assert "accept" in answer.json["allowed_actions"]
    assert officer.act(referral["id"], "complete", {}, If_Match=first).status_code == 422


def test_a_cast_of_four_at_one_referral(world: World) -> None:
    world.registers(case("legal_aid"))
    path = f"/referrals/{world.referral_at('pddh')['id']}"

    assert world.at("officer@pddh").get(path).status_code == 200
    assert world.at("coordinator@sv").get(path).json["person"] == {}
    assert world.at("coordinator@sv").post(f"{path}/receive").status_code == 403
    assert world.at("officer@rree").get(path).status_code == 404
    assert world.at("officer@rree").post(f"{path}/receive", {"unknown": 1}).status_code == 404
    assert world.at("staff@la-union").get(path).status_code == 404
    assert world.at("nobody").get(path).status_code == 401
    assert world.at("officer@pddh").post(f"{path}/reopen").status_code == 403


def test_an_institutions_notes_are_its_own_and_a_comment_is_the_windows_too(world: World) -> None:
    world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "accept", "note", "comments")

    seen = world.at("deputy@pddh").get(f"/referrals/{referral['id']}").json["history"]
    assert [entry["text"] for entry in seen if entry["text"]] == ["Hablé con la familia.", "Llamar por la tarde."]
    coordinators = world.at("coordinator@sv").get(f"/referrals/{referral['id']}").json["history"]
    assert [entry["change"] for entry in coordinators] == ["requested", "received", "accepted", "commented"]
    assert not any(entry["text"] for entry in coordinators)
    assert "Hablé" not in repr(world.updates_to(LA_UNION))


def test_a_rejection_needs_a_reason_and_words_and_tells_the_window(world: World) -> None:
    world.registers(case("legal_aid"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive")

    bad = officer.act(referral["id"], "reject", {"reason": "because", "text": "corto", "extra": 1})
    assert (bad.status_code, set(bad.json["errors"])) == (422, {"reason", "text", "extra"})
    officer.acts(referral["id"], "reject")
    (told,) = world.updates_to(LA_UNION, "rejected")
    assert (told.reason, told.referral.history[-1].text) == ("no-capacity", "No hay cupo este mes.")


def test_only_a_colleague_can_be_assigned(world: World) -> None:
    world.registers(case("legal_aid"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")

    assert officer.act(referral["id"], "assign", {"to": "officer@rree"}).status_code == 422
    assert officer.act(referral["id"], "assign", {"to": "deputy@pddh"}).json["responsible"] == "deputy@pddh"
    assert officer.act(referral["id"], "claim").json["responsible"] == "officer@pddh"


def test_a_completion_is_reopened_by_the_manager_and_found_again(world: World) -> None:
    world.registers(with_person(case("legal_aid"), family_name="Quintanilla"))
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "accept", "start", "complete")

    assert world.at("manager@pddh").act(referral["id"], "reopen").json["status"] == "in-progress"
    assert world.at("officer@pddh").get("/referrals", q="quintaniya").json["total"] == 1


def test_the_own_file_number_is_found_and_shown_to_the_institution_alone(world: World) -> None:
    world.registers(case("legal_aid"))
    referral = world.referral_at("pddh")
    officer = world.at("officer@pddh")

    assert officer.patch(f"/referrals/{referral['id']}", {"institution_ref": "EXP-2026/17"}).json["institution_ref"] == "EXP-2026/17"
    assert officer.get("/referrals", q="exp-2026/17").json["total"] == 1
    assert world.at("coordinator@sv").get("/referrals", q="exp-2026/17").json["total"] == 0
    assert world.at("coordinator@sv").get(f"/referrals/{referral['id']}").json["institution_ref"] is None
    assert officer.patch(f"/referrals/{referral['id']}", {"urgency": "routine"}).status_code == 422


BODY_OF_COMPLETE = {"outcome": "assisted", "service_delivered": True, "need_met": "yes"}
