"""Two cases are found to be one person's: never two needs open, everything still readable, and back again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from services.referrals.store.rebuild import Rebuilder
from shared.ids import new_id
from shared.routing.approval import Approvals
from tests.integration.referrals.signed import STAFF, merged, refused_fields
from tests.integration.referrals.world import LA_UNION, World, with_person
from tests.unit.routing.given import case


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url=database_url)
    yield made
    made.close()


def open_needs(world: World) -> list[tuple[str, str, str, str]]:
    with world.hub.database.read() as connection:
        return sorted(tuple(row) for row in connection.execute(select(world.hub.tables.open_needs)))


def joined(world: World, later, earlier, version: int = 2):
    """The later case is told as the earlier one's person's."""
    approvals = merged(later.person_id, earlier.person_id)
    return world.updates(later, version=version, person_id=earlier.person_id, approvals=approvals)


def at_pddh(world: World, told) -> dict:
    (found,) = [one for one in world.desk("pddh") if one["case_id"] == told.case_id]
    return found


def test_the_later_untouched_referral_gives_way_and_its_other_needs_stay(world: World) -> None:
    first = world.registers(case("legal_aid"))
    second = world.registers(case("legal_aid", "rights_violation", "livelihood"))
    joined(world, second, first)

    assert at_pddh(world, first)["needs"] == ["legal_aid"]
    assert at_pddh(world, second)["needs"] == ["rights_violation"]
    assert {row[0] for row in open_needs(world)} == {first.person_id}
    assert at_pddh(world, second)["person_id"] == first.person_id


def test_one_with_no_need_of_its_own_left_is_cancelled_as_a_duplicate(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("legal_aid"))
    joined(world, second, first)
    assert (at_pddh(world, first)["status"], at_pddh(world, second)["status"]) == ("requested", "cancelled")
    assert world.updates_to(LA_UNION, "cancelled")[-1].reason == "duplicate"


def test_what_is_worked_on_stays_and_the_untouched_one_gives_way_though_it_came_first(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("legal_aid"))
    world.at("officer@pddh").acts(at_pddh(world, second)["id"], "receive", "accept")
    joined(world, second, first)
    assert (at_pddh(world, first)["status"], at_pddh(world, second)["status"]) == ("cancelled", "accepted")


def test_of_two_that_are_worked_on_the_later_is_asked_to_stop_and_holds_no_need_open(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("legal_aid"))
    for told in (first, second):
        world.at("officer@pddh").acts(at_pddh(world, told)["id"], "receive", "accept")
    joined(world, second, first)
    assert [at_pddh(world, told)["stop_requested"] for told in (first, second)] == [False, True]
    assert open_needs(world) == [(first.person_id, "pddh", "legal_aid", at_pddh(world, first)["id"])]
    world.at("officer@pddh").acts(at_pddh(world, second)["id"], "start", "complete")
    assert len(open_needs(world)) == 1


def test_everything_of_a_moved_case_is_still_read_by_its_desk_and_told_again(world: World) -> None:
    first = world.registers(case("shelter"))
    second = world.registers(with_person(case("legal_aid"), given_name="Xiomara"))
    officer, referral = world.at("officer@pddh"), at_pddh(world, second)
    officer.acts(referral["id"], "receive", "accept", "comments", "note", "schedule")
    officer.patch(f"/referrals/{referral['id']}", {"institution_ref": "EXP-9"})
    joined(world, second, first)

    seen = officer.get(f"/referrals/{referral['id']}").json
    assert (seen["person"]["given_name"], seen["institution_ref"], seen["appointment"]["place"]) == ("Xiomara", "EXP-9", "Oficina central")
    assert [entry["text"] for entry in seen["history"] if entry["text"]] == ["Llamar por la tarde.", "Hablé con la familia."]
    assert officer.get("/referrals", q="Xiomara").json["total"] == 1
    rebuild = Rebuilder(world.hub.tables, world.hub.vault, world.clock)
    with world.hub.database.read() as connection:
        assert rebuild(connection, "case.routed", second.case_id) is not None
        assert rebuild(connection, "referral.updated", referral["id"]) is not None
    officer.acts(referral["id"], "start", "complete")


def test_a_merge_undone_gives_the_case_back_to_its_own_person(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("rights_violation"))
    there = joined(world, second, first)
    back = Approvals(merges=(*there.approvals.merges, *merged(first.person_id, second.person_id).merges))
    world.updates(second, version=3, approvals=back)
    assert {row[0]: row[2] for row in open_needs(world)} == {first.person_id: "legal_aid", second.person_id: "rights_violation"}
    world.at("officer@pddh").acts(at_pddh(world, second)["id"], "receive", "accept")


def test_a_merge_and_its_undoing_in_one_batch_with_other_news_leave_nothing_behind(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("legal_aid", "shelter"))
    away = merged(second.person_id, first.person_id)
    back = Approvals(merges=(*away.merges, *merged(first.person_id, second.person_id).merges))
    events = [
        replace(second, version=2, person_id=first.person_id, approvals=away, details=case("legal_aid", "shelter", "education")),
        replace(second, version=3, approvals=back),
    ]
    world.hub.inbox.take([world.message(one, subject=one.case_id, version=one.version) for one in events])
    assert world.last_receipt().refused == ()
    assert {row[0] for row in open_needs(world)} == {first.person_id, second.person_id}
    assert world.at("coordinator@sv").get(f"/cases/{second.case_id}").status_code == 200


def test_only_a_supervisors_merge_moves_a_case_to_another_person(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("rights_violation"))
    world.updates(second, version=2, person_id=first.person_id)
    assert refused_fields(world) == ["person_id"]
    world.updates(second, version=3, person_id=first.person_id, approvals=merged(second.person_id, first.person_id, by=STAFF))
    assert refused_fields(world) == ["approvals.merges.0.by"]
    world.updates(second, version=4, person_id=first.person_id, approvals=merged(second.person_id, new_id()))
    assert refused_fields(world) == ["person_id"]
    assert len({row[0] for row in open_needs(world)}) == 2


def test_a_new_case_of_a_merged_person_opens_no_need_a_second_time(world: World) -> None:
    first, second = world.registers(case("legal_aid")), world.registers(case("rights_violation"))
    joined(world, second, first)
    third = world.registers(case("legal_aid", "rights_violation"), person_id=first.person_id)
    assert [one for one in world.desk("pddh") if one["case_id"] == third.case_id] == []
    notes = world.said(to=LA_UNION, kind="case.routed")[-1].event.notes
    assert {note.code for note in notes} == {"already_open"}
