"""Grounds other than consent: approved by whom, for what, until when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.referrals import commands
from shared.contracts.access import UserAccess
from shared.ids import new_id
from shared.routing.approval import Approvals
from shared.routing.case import Consent
from shared.vocabulary.codes import ConsentGround, ConsentStatus, Urgency
from tests.integration.referrals.signed import (
    OTHER_GROUNDS,
    STAFF,
    SUPERVISOR,
    days,
    ground,
    lowered,
    refused_fields,
    withdrawn,
)
from tests.integration.referrals.world import LA_UNION, MONDAY, World
from tests.unit.routing.given import EVERY_PURPOSE, case

ALONE = ["unaccompanied_child", "trafficking_indicators", "immediate_danger"]


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=database_url)
    yield made
    made.close()


def child_under(world: World, claimed: ConsentGround, **more):
    consent = Consent(ConsentStatus.REFUSED, purposes=EVERY_PURPOSE, ground=claimed)
    return world.registered(case("livelihood", answers=ALONE, age=15, consent=consent, **more))


@pytest.mark.parametrize(
    ("claimed", "desks"),
    [
        (ConsentGround.VITAL_INTEREST, {"pddh", "conapina", "fgr"}),
        (ConsentGround.LEGAL_DUTY, {"pddh", "conapina", "fgr"}),
        (ConsentGround.BEST_INTERESTS_DECISION, {"pddh", "conapina"}),
    ],
)
def test_an_approved_ground_routes_only_the_rules_that_it_serves(world: World, claimed: ConsentGround, desks: set[str]) -> None:
    told = child_under(world, claimed)
    world.tells(replace(told, approvals=ground(told)))
    assert {desk for desk in ("pddh", "conapina", "fgr", "rree", "alcaldia-la-union") if world.desk(desk)} == desks
    notes = world.said(to=LA_UNION, kind="case.routed")[-1].event.notes
    assert [(note.code, note.need) for note in notes if note.need] == [("ground_does_not_serve", "livelihood")]


@pytest.mark.parametrize("claimed", OTHER_GROUNDS)
def test_no_body_can_claim_a_ground(world: World, claimed: ConsentGround) -> None:
    world.tells(child_under(world, claimed))
    assert refused_fields(world) == ["consent.ground"]
    assert world.desk("conapina") == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"by": STAFF}, "by"),
        ({"by": "supervisor@la-hachadura"}, "by"),
        ({"by": "officer@pddh"}, "by"),
        ({"by": "nobody@la-union"}, "by"),
        ({"asked_by": SUPERVISOR}, "by"),
        ({"at": MONDAY - timedelta(days=400)}, "by"),
        ({"at": MONDAY + timedelta(days=3)}, "at"),
        ({"lapses_on": days(30)}, "lapses_on"),
    ],
    ids=["staff", "other-window", "officer", "stranger", "own-act", "before-their-time", "future", "too-long"],
)
def test_an_approval_that_cannot_be_believed_refuses_the_case_with_its_field(world: World, wrong: dict, field: str) -> None:
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    world.tells(replace(told, approvals=ground(told, **wrong)))
    assert f"approvals.grounds.0.{field}" in refused_fields(world)
    assert world.desk("conapina") == []


def test_an_approval_for_another_ground_or_consent_approves_nothing(world: World) -> None:
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    for wrong in ({"ground": ConsentGround.VITAL_INTEREST}, {"consent_id": new_id()}):
        other = replace(told, case_id=new_id())
        world.tells(replace(other, approvals=ground(other, **wrong)))
    assert world.desk("conapina") == []


def test_who_left_since_approved_all_the_same_and_approves_nothing_more(world: World) -> None:
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    before = world.clock.now()
    world.clock.forward(hours=1)
    commands.disable_user(world.hub, SUPERVISOR)
    world.clock.forward(hours=1)
    late = child_under(world, ConsentGround.LEGAL_DUTY)
    world.tells(replace(late, approvals=ground(late, at=world.clock.now())))
    assert refused_fields(world) == ["approvals.grounds.0.by"]
    world.tells(replace(told, approvals=ground(told, at=before)))
    assert len(world.desk("conapina")) == 1


def test_an_approval_that_was_believed_once_is_not_asked_again(world: World) -> None:
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    told = replace(told, approvals=ground(told))
    world.tells(told)
    commands.disable_user(world.hub, SUPERVISOR)
    details = replace(told.details, notes="Se fue quien aprobó.")
    world.updates(told, version=2, details=details)
    assert world.last_receipt().refused == ()
    forged = replace(told.approvals.grounds[0], paper="Otra acta")
    world.updates(told, version=3, details=details, approvals=Approvals(grounds=(forged,)))
    assert "approvals.grounds.0.id" in refused_fields(world)


def test_a_supervisor_who_was_hired_later_can_approve_from_then_on(world: World) -> None:
    commands.add_users(world.hub, [UserAccess("ana@la-union", "supervisor", "sv", 1, window="la-union")])
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    world.tells(replace(told, approvals=ground(told, by="ana@la-union", at=world.clock.now())))
    assert len(world.desk("conapina")) == 1


def test_what_duty_alone_opens_is_open_and_named_in_the_audit(world: World) -> None:
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    told = replace(told, approvals=ground(told))
    world.tells(told)
    prosecutor, referral = world.at("officer@fgr"), world.referral_at("fgr")
    assert prosecutor.get(f"/referrals/{referral['id']}").json["person"].get("phone") is None
    prosecutor.acts(referral["id"], "receive", "accept")
    seen = prosecutor.get(f"/referrals/{referral['id']}").json
    assert {"given_name", "phone"} <= set(seen["person"])
    (line, *_) = world.at("auditor@sv").get("/audit", object_id=referral["id"], act="referral.read").json["items"]
    assert line["ground"] == f"approval:{told.approvals.grounds[0].id}"


def test_a_ground_whose_review_is_overdue_closes_access_and_a_review_opens_it_again(world: World) -> None:
    told = child_under(world, ConsentGround.LEGAL_DUTY)
    told = replace(told, approvals=ground(told))
    world.tells(told)
    officer, referral = world.at("officer@conapina"), world.referral_at("conapina")
    officer.acts(referral["id"], "receive", "accept")
    path = f"/referrals/{referral['id']}"
    world.clock.at = MONDAY + timedelta(days=10, hours=1)
    assert officer.get(path).json["person"]
    world.clock.at = MONDAY + timedelta(days=11)
    assert officer.get(path).json["person"] == {}
    world.hub.watch_clocks()
    world.hub.watch_clocks()
    assert len(world.updates_to(LA_UNION, "consent-lapsed")) == 3
    assert officer.get(path).json["status"] == "accepted"

    review = ground(told, at=world.clock.now(), review_on=days(18), lapses_on=days(21))
    world.updates(told, version=2, approvals=Approvals(grounds=(*told.approvals.grounds, *review.grounds)))
    assert officer.get(path).json["person"]["given_name"]
    world.clock.at = MONDAY + timedelta(days=22)
    assert officer.get(path).json["person"] == {}
    world.hub.watch_clocks()
    assert len(world.updates_to(LA_UNION, "consent-lapsed")) == 6


def test_a_ground_that_was_taken_back_is_over_though_it_was_approved(world: World) -> None:
    told = child_under(world, ConsentGround.VITAL_INTEREST)
    told = replace(told, approvals=ground(told))
    world.tells(told)
    officer, referral = world.at("officer@conapina"), world.referral_at("conapina")
    officer.acts(referral["id"], "receive", "accept")
    world.tells(withdrawn(told), version=9)
    assert officer.get(f"/referrals/{referral['id']}").json["person"] == {}
    assert world.referral_at("fgr")["status"] == "cancelled"


def test_a_lowered_urgency_reaches_the_desks_with_its_later_deadlines(world: World) -> None:
    told = world.registers(case("legal_aid", answers=["unaccompanied_child"], age=30))
    before = world.referral_at("pddh")
    assert before["urgency"] == "emergency"
    approval = lowered(before["urgency"], "routine")
    world.updates(told, version=2, approvals=approval)
    after = world.referral_at("pddh")
    assert after["urgency"] == "routine"
    assert after["due_at"] > before["due_at"]

    world.updates(told, version=3, approvals=approval, details=replace(told.details, urgency=Urgency.URGENT))
    raised = world.referral_at("pddh")
    assert raised["urgency"] == "urgent"
    assert raised["due_at"] < after["due_at"]


def test_what_is_graver_than_what_was_lowered_is_not_held_down(world: World) -> None:
    told = world.registers(case("legal_aid"))
    assert world.referral_at("pddh")["urgency"] == "urgent"
    approval = lowered("urgent", "routine")
    world.updates(told, version=2, approvals=approval)
    grave = case("legal_aid", answers=["trafficking_indicators"])
    world.updates(told, version=3, approvals=approval, details=grave)
    assert world.referral_at("fgr")["urgency"] == "emergency"
