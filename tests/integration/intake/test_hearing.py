"""What the hub tells: referrals, routing, the directory, users; what the window asks of it."""

from dataclasses import replace
from datetime import timedelta

from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.case_restored import CaseRestored
from shared.contracts.case_routed import BlockedInstitution, CaseRouted
from shared.contracts.directory_published import DirectoryPublished
from shared.contracts.receipt import Receipt
from shared.contracts.referral_asked import Ask
from shared.vocabulary.codes import ReferralStatus, Urgency
from tests.cast import returned_woman
from tests.integration.intake.world import MONDAY, STAFF, World


def test_a_referral_is_shown_as_last_told_whatever_the_order(world: World):
    case = world.registers(returned_woman())
    first = world.referral(case)
    third = replace(first, status=ReferralStatus.ACCEPTED, version=3)
    world.hub_tells_referral(third, "accepted")
    world.hub_tells_referral(replace(first, status=ReferralStatus.RECEIVED, version=2), "received")
    world.hub_tells_referral(third, "accepted")
    (shown,) = world.sees(case["id"])["referrals"]
    assert (shown["institution"], shown["status"], shown["version"]) == ("pddh", "accepted", 3)
    assert shown["reasons"] == [{"rule": "R7", "es": "Derechos", "en": "Rights"}]
    assert "referral-requested" in [line["what"] for line in world.sees(case["id"])["timeline"]]


def test_a_referral_without_answer_becomes_overdue_by_the_clock(world: World):
    case = world.registers(returned_woman())
    world.hub_tells_referral(world.referral(case))
    assert world.sees(case["id"])["referrals"][0]["overdue"] is False
    world.clock.at += timedelta(hours=9)
    assert world.sees(case["id"])["referrals"][0]["overdue"] is True


def test_what_routing_decided_is_shown_by_its_highest_version(world: World):
    case = world.registers(returned_woman())
    blocked = (BlockedInstitution("rree", "R1", "Bloqueada", "Blocked"),)
    world.hub_tells(CaseRouted(case["id"], 1, 2, "r1", Urgency.URGENT, MONDAY, blocked))
    world.hub_tells(CaseRouted(case["id"], 1, 1, "r1", Urgency.ROUTINE, MONDAY))
    routing = world.sees(case["id"])["routing"]
    assert (routing["urgency"], [one["institution"] for one in routing["blocked"]]) == ("urgent", ["rree"])


def test_an_ask_is_sent_and_shown_until_it_is_answered(world: World):
    case = world.registers(returned_woman())
    referral = world.referral(case)
    world.hub_tells_referral(referral)
    world.sends()
    path = f"/cases/{case['id']}/referrals/{referral.id}"
    answer = world.call("POST", f"{path}/cancel", {"reason": "person-request", "text": "Ya no quiere."})
    assert answer.status_code == 202, answer.text
    ((kind, event),) = world.sends()
    assert (kind, event.ask, event.reason, event.asked_by) == ("referral.asked", Ask.CANCEL, "person-request", STAFF)
    (shown,) = world.sees(case["id"])["asks"]
    assert (shown["ask_id"], shown["answered_at"]) == (event.ask_id, None)
    cancelled = replace(referral, status=ReferralStatus.CANCELLED, version=2)
    world.hub_tells_referral(cancelled, "cancelled", ask_id=event.ask_id)
    page = world.sees(case["id"])
    assert (page["asks"], page["referrals"][0]["status"]) == ([], "cancelled")


def test_an_ask_that_the_hub_refuses_stays_with_its_reason(world: World):
    case = world.registers(returned_woman())
    referral = world.referral(case)
    world.hub_tells_referral(referral)
    asked = world.call("POST", f"/cases/{case['id']}/referrals/{referral.id}/comments", {"text": "¿Novedades?"}).get_json()
    world.hub_tells_referral(replace(referral, version=2), "ask-refused", ask_id=asked["ask_id"], reason="wrong_state")
    (shown,) = world.sees(case["id"])["asks"]
    assert (shown["refused"], shown["text"]) == ("wrong_state", "¿Novedades?")


def test_asks_keep_to_the_state_and_name_what_is_allowed(world: World):
    case = world.registers(returned_woman())
    other = world.registers(returned_woman())
    referral = world.referral(case, status=ReferralStatus.COMPLETED)
    world.hub_tells_referral(referral)
    path = f"/cases/{case['id']}/referrals/{referral.id}"
    refused = world.call("POST", f"{path}/cancel", {"reason": "other"})
    assert (refused.status_code, refused.get_json()["state"]) == (409, "completed")
    assert refused.get_json()["allowed_actions"] == ["comment", "mark-in-error"]
    assert world.call("POST", f"{path}/cancel", {"reason": "forwarded"}).status_code == 422
    assert world.call("POST", f"{path}/comments", {"text": " "}).status_code == 422
    assert world.call("POST", f"/cases/{other['id']}/referrals/{referral.id}/comments", {"text": "x"}).status_code == 404


def test_the_directory_comes_into_force_and_an_older_one_does_not_return(world: World):
    assert world.call("GET", "/sync").get_json()["directory_version"] is None
    early = world.message(DirectoryPublished("older", {}, {}), sequenced=False)
    version = world.hub_publishes()
    assert world.window.inbox.take([early]).dead == 1
    assert world.call("GET", "/sync").get_json()["directory_version"] == version


def test_the_preview_says_to_whom_a_case_would_go_without_any_network(world: World):
    body = returned_woman()
    for name in ("given_name", "family_name"):
        del body["person"][name]
    before = world.call("POST", "/routing/preview", body)
    assert (before.status_code, before.get_json()["code"]) == (503, "no_directory")
    world.hub_publishes()
    decision = world.call("POST", "/routing/preview", body).get_json()
    assert {one["institution"]: one["needs"] for one in decision["referrals"]} == {
        "alcaldia-la-union": ["documentation"],
        "rree": ["recovery_of_belongings"],
        "pddh": ["rights_violation"],
    }
    assert decision["urgency"] == "urgent"
    assert world.finds("") == []


def test_users_come_from_the_hub_and_the_highest_version_counts(world: World):
    world.hub_tells(AccessChanged((UserAccess(STAFF, "staff", "sv", 9, "la-union", active=False),)))
    assert world.call("GET", "/sync").status_code == 401


def test_a_rebuilt_window_gets_its_cases_back(world: World):
    case = world.registers(returned_woman())
    ((_, told),) = world.sends()
    restored = CaseRestored(**{**vars(told), "case_id": "0198c0de-0000-7000-8000-000000000001", "person_id": "p9",
                               "case_code": case["code"].replace("000001", "000077")[:-1] + _check("SVLUN000077")})
    assert world.hub_tells(restored).dead == 0
    page = world.sees(restored.case_id)
    assert (page["code"], page["delivery"], page["version"]) == (restored.case_code, "received", 1)
    assert world.registers(returned_woman())["code"].startswith("SV-LUN-000078-")
    world.changes(case["id"], {"notes": "más"}, 1)
    assert world.hub_tells(CaseRestored(**vars(told))).dead == 0
    assert world.sees(case["id"])["notes"] == "más"


def test_every_batch_is_answered_by_a_heartbeat(world: World):
    world.registers(returned_woman())
    world.hub_tells_referral(world.referral({"id": "c", "code": "SV", "person_id": "p"}))
    beats = [event for kind, event in world.sends() if kind == "window.heartbeat"]
    assert [(beat.through, beat.source_epoch) for beat in beats] == [(1, "first")]
    world.window.report()
    assert [kind for kind, _ in world.sends()] == ["window.heartbeat"]


def test_a_hub_that_has_not_heard_of_this_windows_life_is_told_of_it_and_one_that_has_is_not(world: World):
    world.hub_tells(Receipt(0, None, "hub-1", heard_epoch="0"), sequenced=False)
    ((kind, beat),) = world.sends()
    assert (kind, beat.heard_epoch) == ("window.heartbeat", "hub-1")
    world.hub_tells(Receipt(0, None, "hub-1", heard_epoch=beat.epoch), sequenced=False)
    assert world.sends() == []


def _check(body: str) -> str:
    from stdnum.iso7064 import mod_37_36

    return mod_37_36.calc_check_digit(body)
