"""What windows tell of cases: new, changed, closed, taken back; in order and out of it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from shared.contracts.case_closed import CaseClosed
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.messaging.dead_letters import dead_letters
from shared.routing.case import Against, CaseNeed
from shared.vocabulary.codes import CloseReason, ConsentGivenBy, ConsentGround, Need
from tests.integration.referrals.world import (
    LA_HACHADURA,
    LA_UNION,
    MONDAY,
    TODAY,
    World,
    with_consent,
    with_person,
)
from tests.unit.routing.given import case


def withdrawn(told, version: int = 2) -> ConsentWithdrawn:
    return ConsentWithdrawn(told.case_id, told.consent_id, 1, version, MONDAY)


def statuses(world: World, *institutions: str) -> dict[str, str]:
    return {place: world.referral_at(place)["status"] for place in institutions}


def test_the_same_case_told_twice_has_one_effect_and_a_receipt_that_covers_it(world: World) -> None:
    told = world.registers(case("legal_aid"))
    world.tells(told)

    assert len(world.desk("pddh")) == 1
    receipt = world.last_receipt()
    assert (receipt.through, receipt.refused, receipt.highest_code) == (2, (), 1)


def test_a_batch_of_many_cases_is_one_transaction_and_has_all_its_referrals(world: World) -> None:
    events = [world.registered(case("legal_aid", "livelihood"), batch="2015") for _ in range(30)]
    world.hub.inbox.take([world.message(event, subject=event.case_id) for event in events])

    assert world.at("officer@pddh").get("/referrals").json["total"] == 30
    assert world.at("officer@alcaldia-la-union").get("/referrals").json["total"] == 30
    assert world.last_receipt().highest_code == 30
    assert {event.notice.batch for event in [one.event for one in world.said(kind="referral.updated")] if event.notice} == {"2015"}


def test_a_case_that_cannot_be_taken_stands_in_every_receipt_until_it_changes(world: World) -> None:
    child = case("legal_aid", age=12)
    bad = world.registers(with_consent(child, given_by=ConsentGivenBy.SELF))
    world.registers(case("legal_aid"))
    (refused,) = world.last_receipt().refused
    assert (refused.id, list(refused.errors)) == (bad.case_id, ["consent.given_by"])

    world.updates(bad, details=with_consent(child, given_by=ConsentGivenBy.GUARDIAN))
    assert world.last_receipt().refused == ()
    assert world.at("coordinator@sv").get(f"/cases/{bad.case_id}").status_code == 200


def test_another_ground_than_consent_is_refused_until_it_can_be_approved(world: World) -> None:
    world.registers(with_consent(case("legal_aid"), ground=ConsentGround.VITAL_INTEREST))
    assert list(world.last_receipt().refused[0].errors) == ["consent.ground"]


def test_a_window_cannot_speak_of_another_windows_case_or_code(world: World) -> None:
    told = world.registers(case("legal_aid"))
    world.tells(replace(told, version=2, details=case("shelter")), by=LA_HACHADURA)
    wrong_code = world.registered(case("legal_aid"))
    world.tells(wrong_code, by=LA_HACHADURA)

    assert world.referral_at("pddh")["needs"] == ["legal_aid"]
    with world.hub.database.read() as connection:
        (letter,) = dead_letters(connection, world.hub.tables.messaging)
    assert "not this window's" in letter.reason
    assert [one.id for one in world.last_receipt(LA_HACHADURA).refused] == [wrong_code.case_id]


def test_the_same_version_with_other_content_is_a_fork_and_quarantined(world: World) -> None:
    told = world.registers(case("legal_aid"))
    world.tells(replace(told, details=case("shelter")))

    with world.hub.database.read() as connection:
        (letter,) = dead_letters(connection, world.hub.tables.messaging)
    assert letter.reason.startswith("fork")
    assert world.referral_at("pddh")["needs"] == ["legal_aid"]


def test_a_new_version_is_routed_again_and_an_older_one_that_comes_late_is_not(world: World) -> None:
    told = world.registers(case("legal_aid"))
    late = replace(told, version=2, details=case("shelter"))
    world.updates(told, version=3, details=case("legal_aid", "rights_violation"))
    world.tells(late, version=2)

    assert world.referral_at("pddh")["needs"] == ["legal_aid", "rights_violation"]
    assert world.desk("alcaldia-la-union") == []
    (first, second) = world.said(to=LA_UNION, kind="case.routed")
    assert (first.event.case_version, second.event.case_version) == (1, 3)


def test_a_removed_need_cancels_what_nobody_touched_and_stops_what_is_worked_on(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood"))
    world.at("officer@pddh").acts(world.referral_at("pddh")["id"], "receive", "accept")
    world.updates(told, details=case("documentation"))

    municipal = [one["status"] for one in world.desk("alcaldia-la-union")]
    assert sorted(municipal) == ["cancelled", "requested"]
    at_pddh = world.referral_at("pddh")
    assert (at_pddh["status"], at_pddh["stop_requested"]) == ("accepted", True)


def test_a_withdrawal_cancels_the_untouched_and_takes_the_person_from_the_accepted(world: World) -> None:
    told = world.registers(with_person(case("legal_aid", "livelihood"), given_name="Xiomara"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive", "accept")
    world.tells(withdrawn(told), version=2)

    assert statuses(world, "pddh", "alcaldia-la-union") == {"pddh": "accepted", "alcaldia-la-union": "cancelled"}
    seen = officer.get(f"/referrals/{referral['id']}").json
    assert (seen["person"], seen["stop_requested"]) == ({}, True)
    assert officer.get("/referrals", q="Xiomara").json["total"] == 0
    assert [one.change for one in world.updates_to(LA_UNION)][-2:] != []
    assert officer.act(referral["id"], "cancel", {"reason": "person-request"}).status_code == 200


def test_no_replay_and_no_later_version_revives_a_withdrawn_consent(world: World) -> None:
    told = world.registered(case("legal_aid"))
    world.tells(withdrawn(told), version=2)
    world.tells(told)
    world.updates(told, version=3, details=case("legal_aid", "shelter"))
    assert world.desk("pddh") == []

    world.updates(told, version=4, consent_id="01910000-0000-7000-8000-000000000001")
    assert world.referral_at("pddh")["status"] == "requested"


def test_a_closing_that_comes_before_its_case_is_final(world: World) -> None:
    told = world.registered(case("legal_aid"))
    world.tells(CaseClosed(told.case_id, 1, 2, CloseReason.SETTLED, MONDAY), version=2)
    world.tells(told)
    assert world.desk("pddh") == []
    assert world.at("coordinator@sv").get(f"/cases/{told.case_id}").json["status"] == "closed"


def test_a_closed_case_asks_its_institutions_to_stop(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood"))
    world.at("officer@pddh").acts(world.referral_at("pddh")["id"], "receive", "accept")
    world.tells(CaseClosed(told.case_id, 1, 2, CloseReason.LOST_CONTACT, MONDAY), version=2)

    assert statuses(world, "pddh", "alcaldia-la-union") == {"pddh": "accepted", "alcaldia-la-union": "cancelled"}
    assert world.referral_at("pddh")["stop_requested"]


def test_a_new_block_cancels_ends_access_and_stays_in_every_later_version(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood"))
    mayor = world.at("officer@alcaldia-la-union")
    first = world.referral_at("alcaldia-la-union")
    mayor.acts(first["id"], "receive", "accept")
    against = CaseNeed(Need.RIGHTS_VIOLATION, against=Against(institution="alcaldia-la-union"))
    world.updates(told, details=case("legal_aid", "livelihood", against))

    seen = mayor.get(f"/referrals/{first['id']}").json
    assert (seen["person"], seen["stop_requested"]) == ({}, True)
    assert seen["history"][-1]["reason"] == "other"
    assert world.updates_to(LA_UNION, "stop-requested")[0].reason == "blocked"
    assert "livelihood" in world.referral_at("pddh")["needs"]

    world.updates(told, version=3, details=case("legal_aid", "livelihood"))
    assert [one["id"] for one in world.desk("alcaldia-la-union")] == [first["id"]]
    assert world.said(to=LA_UNION, kind="case.routed")[-1].event.blocked[0].institution == "alcaldia-la-union"


def test_a_consent_that_leaves_an_institution_out_ends_what_it_had(world: World) -> None:
    told = world.registers(case("legal_aid", "livelihood"))
    world.updates(told, details=case("legal_aid", "livelihood", recipients=("pddh",)))
    assert statuses(world, "pddh", "alcaldia-la-union") == {"pddh": "requested", "alcaldia-la-union": "cancelled"}


def test_a_consent_runs_out_ninety_days_after_it_arrived(world: World) -> None:
    world.registers(case("legal_aid"))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    officer.acts(referral["id"], "receive")
    world.clock.forward(days=91)

    answer = officer.act(referral["id"], "accept")
    assert (answer.status_code, answer.json["code"]) == (409, "no_consent")
    assert "accept" not in officer.get(f"/referrals/{referral['id']}").json["allowed_actions"]


def test_a_consent_with_a_date_holds_through_that_day(world: World) -> None:
    world.registers(with_consent(case("legal_aid"), expires_on=TODAY + timedelta(days=2)))
    officer, referral = world.at("officer@pddh"), world.referral_at("pddh")
    world.clock.forward(days=2)
    officer.acts(referral["id"], "receive", "accept")
    world.clock.forward(days=1)
    assert officer.get(f"/referrals/{referral['id']}").json["person"] == {}


def test_the_same_person_has_no_second_open_referral_for_a_need(world: World) -> None:
    told = world.registers(case("legal_aid"))
    again = world.registers(case("legal_aid", "rights_violation"), person_id=told.person_id)

    needs = sorted(one["needs"] for one in world.desk("pddh"))
    assert needs == [["legal_aid"], ["rights_violation"]]
    notes = next(one for one in world.said(to=LA_UNION, kind="case.routed") if one.subject == again.case_id).event.notes
    assert [(note.code, note.need) for note in notes] == [("already_open", "legal_aid")]


def test_nothing_is_overdue_on_arrival_and_an_answer_is_due_by_urgency(world: World) -> None:
    world.registers(replace(case("legal_aid"), occurred_on=TODAY.replace(year=2015)))
    assert not world.referral_at("pddh")["overdue"]
    world.clock.forward(days=4)
    assert world.at("officer@pddh").get("/referrals", overdue="true").json["total"] == 1
    assert world.referral_at("pddh")["overdue"]


def test_every_decision_is_kept_with_the_rules_that_fired(world: World) -> None:
    told = world.registers(case("legal_aid"))
    world.updates(told, details=case("legal_aid", "shelter"))
    with world.hub.database.read() as connection:
        decisions = world.hub.tables.decisions
        assert connection.execute(select(func.count()).select_from(decisions)).scalar_one() == 2
        row = connection.execute(select(decisions).where(decisions.c.version == 2)).mappings().one()
    body = world.hub.vault.open(told.person_id, row["id"], row["sealed"])
    assert body["fired"] == ["R7", "R12"]
