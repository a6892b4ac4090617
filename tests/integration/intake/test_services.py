"""The service directory at a window: found without network, with its date, and what of it nobody stands by."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from shared.contracts.referral_asked import Ask
from shared.directory.entries import Full
from shared.routing.directory import Directory
from shared.vocabulary.codes import Need, ReferralStatus
from tests.cast import returned_woman
from tests.integration.intake.world import MONDAY, World


def assured(directory: Directory, *, until: date = date(2026, 12, 31)) -> Directory:
    """Everybody stands by everything until a day."""
    services = tuple(replace(one, assured_date=date(2026, 11, 1), assured_until=until) for one in directory.services)
    return replace(directory, services=services)


def found(world: World, **query: str) -> list[str]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = world.call("GET", f"/services?{asked}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.get_json()["items"]]


def test_before_the_first_directory_the_window_says_so(world: World):
    answer = world.call("GET", "/services?need=shelter")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "no_directory")


def test_services_are_found_offline_the_windows_own_municipality_first(world: World):
    version = world.hub_publishes()
    answer = world.call("GET", "/services?need=documentation").get_json()
    assert [item["id"] for item in answer["items"]][:2] == ["alcaldia-la-union-registro", "alcaldia-la-union-norte-registro"]
    assert (answer["directory_version"], answer["published_at"][:10]) == (version, "2026-11-23")
    assert {item["assurance"] for item in answer["items"]} == {"to_confirm"}
    assert found(world, need="shelter", municipality="San Francisco Menendez") == ["alcaldia-san-francisco-menendez-apoyo"]
    assert found(world, q="refujio", language="fr") == ["comar-refugio"]
    assert found(world, need="child_protection", age="18") == ["pddh-victimas"]


def test_a_window_that_was_offline_keeps_the_old_directory_and_says_of_when_it_is(world: World):
    world.hub_publishes(version="old")
    late = world.message_of_directory("new")
    world.clock.at += timedelta(days=3)
    assert world.call("GET", "/services").get_json()["directory_version"] == "old"
    assert world.window.inbox.take([late]).applied == 1
    answer = world.call("GET", "/services").get_json()
    assert (answer["directory_version"], answer["published_at"][:10]) == ("new", "2026-11-23")


def test_who_is_full_is_marked_and_the_preview_says_so_until_it_fades(world: World):
    full = Full("alcaldia-la-union", Need.DOCUMENTATION, MONDAY + timedelta(days=7))
    world.hub_publishes(lambda directory: replace(directory, full=(full,)))
    registry = world.call("GET", "/services?need=documentation").get_json()["items"][0]
    assert (registry["id"], registry["full_until"][:10]) == ("alcaldia-la-union-registro", "2026-11-30")
    decision = world.call("POST", "/routing/preview", returned_woman()).get_json()
    assert "full" in {note["code"] for note in decision["notes"]}
    assert {one["institution"]: one["assurance"] for one in decision["referrals"]} == dict.fromkeys(
        ("alcaldia-la-union", "rree", "pddh"), "to_confirm"
    )
    world.clock.at += timedelta(days=8)
    assert world.call("GET", "/services?need=documentation").get_json()["items"][0]["full_until"] is None
    decision = world.call("POST", "/routing/preview", returned_woman()).get_json()
    assert "full" not in {note["code"] for note in decision["notes"]}


def test_a_case_shows_what_of_its_referrals_nobody_stands_by(world: World):
    case = world.registers(returned_woman())
    world.hub_tells_referral(world.referral(case))
    assert [one["assurance"] for one in world.sees(case["id"])["referrals"]] == [None]
    world.hub_publishes()
    assert [one["assurance"] for one in world.sees(case["id"])["referrals"]] == ["to_confirm"]
    world.hub_publishes(assured)
    assert [one["assurance"] for one in world.sees(case["id"])["referrals"]] == ["current"]
    world.clock.at += timedelta(days=60)
    assert [one["assurance"] for one in world.sees(case["id"])["referrals"]] == ["expired"]


def test_referring_again_to_an_expired_service_needs_a_reason(world: World):
    case = world.registers(returned_woman())
    needs = (Need.DOCUMENTATION,)
    referral = world.referral(case, status=ReferralStatus.REJECTED, suggested_institution="rree", needs=needs)
    world.hub_tells_referral(referral, "rejected")
    world.hub_publishes(partial(assured, until=date(2026, 11, 2)))
    path = f"/cases/{case['id']}/referrals/{referral.id}/re-refer"
    refused = world.call("POST", path, {"text": "Otra vez"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not_assured")
    assert list(refused.get_json()["errors"]) == ["assurance_reason"]
    assert world.call("POST", path, {"text": "Otra vez", "assurance_reason": "Me lo dijo la delegada."}).status_code == 202
    asked = [event for kind, event in world.sends() if kind == "referral.asked"]
    assert [(one.ask, one.assurance_reason) for one in asked] == [(Ask.RE_REFER, "Me lo dijo la delegada.")]


def test_referring_again_needs_no_reason_where_it_is_assured_or_to_be_or_no_directory_is_known(world: World):
    case = world.registers(returned_woman())
    referral = world.referral(case, status=ReferralStatus.REJECTED)
    world.hub_tells_referral(referral, "rejected")
    path = f"/cases/{case['id']}/referrals/{referral.id}/re-refer"
    assert world.call("POST", path, {}).status_code == 202
    world.hub_publishes()
    assert world.call("POST", path, {}).status_code == 202
    world.hub_publishes(assured)
    assert world.call("POST", path, {}).status_code == 202
