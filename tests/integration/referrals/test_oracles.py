"""A reader who may not know asks in every way there is, before and after: the answers are the same, tags included."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.referrals.queries.desk import SORTS
from shared.ids import new_id
from shared.vocabulary.codes import Need, ReferralStatus, Urgency
from tests.integration.referrals.signed import withdrawn
from tests.integration.referrals.world import World, with_person
from tests.unit.routing.given import case

CALM = ("livelihood", "legal_aid", "gender_based_violence")
CHOSEN = ("alcaldia-la-union", "pddh")
ACTS = {
    "receive": {}, "accept": {}, "reject": {"reason": "other", "text": "No nos corresponde."}, "start": {},
    "hold": {"reason": "other", "review_on": "2026-12-01"}, "resume": {}, "fail": {"reason": "other"},
    "complete": {"outcome": "assisted", "service_delivered": True, "need_met": "yes"}, "cancel": {"reason": "other"},
    "forward": {"institution": "rree", "text": "Para ustedes."}, "comments": {"text": "Hola"}, "note": {"text": "Hola"},
    "schedule": {"at": "2026-12-01T15:00:00Z", "place": "Aquí"}, "claim": {}, "assign": {"to": "deputy@pddh"}, "reopen": {},
    "mark-in-error": {"reason": "Error"}, "erasure": {"answer": "erased"},
}


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=database_url)
    yield made
    made.close()


def everything(world: World, reader: str, case_id: str) -> dict[str, Any]:
    """What a reader can find out of a case by asking: every filter and order, every referral with its tag."""
    at = world.at(reader)
    asked: list[dict[str, Any]] = [{"sort": sign + name} for name in SORTS for sign in ("", "-")]
    asked += [{"need": need.value} for need in Need]
    asked += [{"status": status.value} for status in ReferralStatus]
    asked += [{"urgency": urgency.value} for urgency in Urgency]
    asked += [{"overdue": flag} for flag in ("true", "false")]
    asked += [{"institution": one} for one in ("pddh", "rree", "alcaldia-la-union")]
    asked += [{"q": words} for words in ("Xiomara", "Quintanilla", "SV-LUN", "protected", "violencia")]
    lists = {str(query): at.get("/referrals", **query).json for query in asked}
    ids = sorted({item["id"] for item in lists["{'sort': 'status'}"]["items"]})
    read = {one: (answer.json, answer.headers["ETag"]) for one in ids for answer in [at.get(f"/referrals/{one}")]}
    whole = at.get(f"/cases/{case_id}")
    return {"lists": lists, "read": read, "case": (whole.status_code, _plain(whole.json))}


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "instance"}


def registered(world: World):
    details = with_person(case(*CALM, recipients=CHOSEN), given_name="Xiomara", family_name="Quintanilla")
    return world.registers(details)


@pytest.mark.parametrize("reader", ["officer@pddh", "officer@alcaldia-la-union", "officer@rree", "coordinator@sv"])
def test_a_hidden_need_that_comes_and_goes_changes_no_answer_and_no_tag(world: World, reader: str) -> None:
    told = registered(world)
    before = everything(world, reader, told.case_id)
    hidden = replace(case(*CALM, "international_protection", recipients=CHOSEN), person=told.details.person)
    world.updates(told, version=2, details=hidden)
    assert everything(world, reader, told.case_id) == before
    world.updates(told, version=3, details=replace(told.details, notes="Se quitó."))
    assert everything(world, reader, told.case_id) == before


def test_the_window_hears_of_every_change_that_its_institution_does_not_see(world: World) -> None:
    told = registered(world)
    first = world.updates_to_window("pddh")[-1]
    more = replace(case(*CALM, "international_protection", recipients=CHOSEN), person=told.details.person)
    world.updates(told, version=2, details=more)
    last = world.updates_to_window("pddh")[-1]
    assert last.referral.version > first.referral.version
    assert Need.INTERNATIONAL_PROTECTION in last.referral.needs
    assert last.referral.history[-1].reason == "needs"


def test_a_tag_read_before_a_hidden_change_is_still_good_for_an_act(world: World) -> None:
    told = registered(world)
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    tag = officer.get(f"/referrals/{referral['id']}").headers["ETag"]
    more = replace(case(*CALM, "international_protection", recipients=CHOSEN), person=told.details.person)
    world.updates(told, version=2, details=more)
    assert officer.act(referral["id"], "receive", If_Match=tag).status_code == 200
    assert officer.act(referral["id"], "accept", If_Match=tag).status_code == 412


def test_once_accepted_the_officer_sees_the_change_and_a_new_tag(world: World) -> None:
    told = registered(world)
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    more = replace(case(*CALM, "international_protection", recipients=CHOSEN), person=told.details.person)
    world.updates(told, version=2, details=more)
    needs = {need for one in world.desk("pddh") for need in one["needs"]}
    assert "international_protection" not in needs
    (second,) = [one for one in world.desk("pddh") if one["status"] == "requested"]
    assert second["needs"] == ["protected"]
    officer.acts(second["id"], "receive", "accept")
    assert "international_protection" in {need for one in world.desk("pddh") for need in one["needs"]}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_ones_own_and_what_does_not_exist_are_refused_alike(world: World, act: str) -> None:
    registered(world)
    foreign = world.referral_at("pddh")["id"]
    officer = world.at("officer@rree")
    answers = [officer.act(one, act, ACTS[act]) for one in (foreign, new_id())]
    assert {answer.status_code for answer in answers} == {404}
    assert _plain(answers[0].json) == _plain(answers[1].json)
    stale = officer.act(foreign, act, ACTS[act], If_Match='"99"')
    broken = officer.act(foreign, act, {"colour": "red"})
    assert {stale.status_code, broken.status_code} == {404}


def test_a_person_at_no_desk_of_ones_own_is_nobody(world: World) -> None:
    told = registered(world)
    for path in (f"/cases/{told.case_id}", f"/referrals/{world.referral_at('pddh')['id']}"):
        mine = world.at("officer@rree").get(path)
        unknown = world.at("officer@rree").get(path.rpartition("/")[0] + f"/{new_id()}")
        assert (mine.status_code, _plain(mine.json)) == (unknown.status_code, _plain(unknown.json))
    body = {"case_id": told.case_id, "institution": "rree", "needs": ["documentation"], "text": "x"}
    answers = [world.at("officer@rree").post("/referrals", body | {"case_id": one}) for one in (told.case_id, new_id())]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("asker", ["officer@alcaldia-la-union", "coordinator@sv"])
def test_a_protected_need_cannot_be_asked_by_hand_whether_it_is_there_or_not(world: World, asker: str) -> None:
    with_it, without = registered(world), world.registers(case("livelihood", "legal_aid", recipients=CHOSEN))
    for one in world.desk("alcaldia-la-union"):
        world.at("officer@alcaldia-la-union").acts(one["id"], "receive", "accept")
    answers = [
        world.at(asker).post("/referrals", {"case_id": told.case_id, "institution": "pddh", "needs": [need], "text": "x"})
        for told in (with_it, without)
        for need in ("gender_based_violence", "trafficking", "international_protection")
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert {str(answer.json["errors"]) for answer in answers} == {str({"needs.0": ["Se registra en la ventanilla."]})}


def test_what_is_open_elsewhere_is_told_by_hand_to_a_coordinator_alone(world: World) -> None:
    told = registered(world)
    mayor = world.at("officer@alcaldia-la-union")
    mayor.acts(world.referral_at("alcaldia-la-union")["id"], "receive", "accept")
    body = {"case_id": told.case_id, "institution": "pddh", "needs": ["legal_aid"], "text": "x"}
    blind = mayor.post("/referrals", body)
    unknown = mayor.post("/referrals", body | {"institution": "nadie"})
    assert (blind.status_code, _plain(blind.json)) == (unknown.status_code, _plain(unknown.json))
    told_to = world.at("coordinator@sv").post("/referrals", body)
    assert (told_to.status_code, told_to.json["referral_id"]) == (409, world.referral_at("pddh")["id"])


def test_after_a_withdrawal_the_answers_of_a_desk_hold_nothing_of_the_case_but_its_envelope(world: World) -> None:
    told = registered(world)
    world.at("officer@pddh").acts(world.referral_at("pddh")["id"], "receive", "accept")
    world.tells(withdrawn(told), version=9)
    found = everything(world, "officer@pddh", told.case_id)
    text = str([*found["lists"].values(), found["read"], found["case"]])
    for word in ("Xiomara", "Quintanilla", "gender_based_violence", "legal_aid", "25-59"):
        assert word not in text
