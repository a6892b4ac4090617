"""What a supervisor answers for at the window, what leaves of it, and what waits for somebody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.case_routed import BlockedInstitution, CaseRouted, RoutingNote
from shared.contracts.referral import Erasure, HistoryEntry
from shared.vocabulary.codes import CancelReason, ErasureAnswer, ReferralStatus, Urgency
from tests.cast import returned_woman
from tests.integration.intake.world import MONDAY, STAFF, STRANGER, SUPERVISOR, World

PAPER = {"paper": "Acta 7/2026"}
LIFT = {"institution": "rree", "witness": "Rosa Pérez, enfermera", "paper": "Hoja 3"}
NAMED = {"status": "granted", "recipients": ["pddh", "rree"]}


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url)
    made.hub_publishes()
    yield made
    made.close()


def claimed(ground: str = "vital_interest", **more: Any) -> dict[str, Any]:
    return returned_woman(consent={"status": "refused", "ground": ground, "ground_text": "Inconsciente."}, **more)


def act(world: World, case: dict[str, Any], name: str, body: object = None, *, by: str = SUPERVISOR, **headers: str):
    return world.call("POST", f"/cases/{case['id']}/{name}", {} if body is None else body, by=by, **headers)


def tasks(world: World, case: dict[str, Any]) -> set[str]:
    return {todo["task"] for todo in world.sees(case["id"])["todos"]}


def told(world: World) -> list[tuple[str, Any]]:
    return [(kind, event) for kind, event in world.sends() if kind.startswith("case.")]


def test_an_approved_case_leaves_with_who_when_and_on_what_paper(world: World) -> None:
    case = world.registers(claimed())
    assert (world.sees(case["id"])["delivery"], tasks(world, case)) == ("awaiting_supervisor", {"approve_ground"})
    assert told(world) == []

    answer = act(world, case, "approve", PAPER)
    assert answer.status_code == 200, answer.text
    page = answer.get_json()
    (approval,) = page["approvals"]["grounds"]
    assert (approval["by"], approval["paper"], approval["asked_by"]) == (SUPERVISOR, "Acta 7/2026", STAFF)
    assert (approval["review_on"], approval["lapses_on"]) == ("2026-11-30", "2026-12-03")
    assert (page["delivery"], page["version"], page["todos"]) == ("queued", 2, [])
    ((kind, event),) = told(world)
    assert (kind, event.approvals.grounds[0].ground) == ("case.registered", "vital_interest")
    assert event.consented_at < event.approvals.grounds[0].at
    assert "ground-approved" in [line["what"] for line in page["timeline"]]


def test_only_another_supervisor_approves(world: World) -> None:
    case = world.registers(claimed())
    assert act(world, case, "approve", PAPER, by=STAFF).status_code == 403
    assert act(world, case, "approve", PAPER, by=STRANGER).status_code == 404
    own = world.call("POST", "/cases", claimed(), by=SUPERVISOR).get_json()
    refused = act(world, own, "approve", PAPER)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "second_pair_of_eyes")
    assert world.sees(own["id"])["delivery"] == "awaiting_supervisor"


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "paper"), ({"paper": "  "}, "paper"), (PAPER | {"ground": "legal_duty"}, "ground"), (PAPER | {"by": "x"}, "by")],
)
def test_an_approval_without_its_paper_or_of_another_ground_is_named(world: World, body: dict, field: str) -> None:
    answer = act(world, world.registers(claimed()), "approve", body)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {field})


def test_a_case_that_claims_no_ground_has_nothing_to_approve(world: World) -> None:
    for body in (returned_woman(), returned_woman(consent={"status": "refused"})):
        answer = act(world, world.registers(body), "approve", PAPER)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "nothing_to_approve")


def test_a_best_interests_ground_needs_the_decision_itself(world: World) -> None:
    case = world.registers(claimed("best_interests_decision"))
    answer = act(world, case, "approve", PAPER)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"best_interests"})
    decision = {"decided_by": "Junta de Protección", "on": "2026-11-20", "reference": "JP-12"}
    world.changes(case["id"], {"best_interests": decision}, 1)
    assert act(world, case, "approve", PAPER).get_json()["delivery"] == "queued"


def test_a_ground_is_reviewed_by_approving_it_again_and_waits_when_nobody_does(world: World) -> None:
    case = world.registers(claimed())
    act(world, case, "approve", PAPER)
    world.clock.at += timedelta(days=8)
    assert tasks(world, case) == {"review_ground"}
    act(world, case, "approve", PAPER | {"paper": "Acta 8/2026"})
    assert tasks(world, case) == set()
    world.sends()
    world.clock.at += timedelta(days=11)
    world.window.withhold_lapsed()
    assert world.sees(case["id"])["delivery"] == "awaiting_supervisor"
    assert world.changes(case["id"], {"notes": "otra"}, 3).get_json()["delivery"] == "awaiting_supervisor"
    assert told(world) == []
    assert act(world, case, "approve", PAPER).get_json()["delivery"] == "queued"


def test_a_refused_act_keeps_to_the_order_of_refusals_and_changes_nothing(world: World) -> None:
    case = world.registers(claimed())
    assert act(world, case, "approve", {"paper": ""}, If_Match='"9"').status_code == 422
    assert act(world, case, "approve", PAPER, If_Match='"9"').status_code == 412
    world.call("POST", f"/cases/{case['id']}/close", {"reason": "other"})
    assert act(world, case, "approve", PAPER).status_code == 409
    assert world.sees(case["id"])["approvals"]["grounds"] == []


def test_the_same_key_approves_once(world: World) -> None:
    case = world.registers(claimed())
    first = act(world, case, "approve", PAPER, Idempotency_Key="k")
    again = act(world, case, "approve", PAPER, Idempotency_Key="k")
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == (first.get_json(), "true")
    assert len(world.sees(case["id"])["approvals"]["grounds"]) == 1


def blocked_case(world: World, *rules: str, **more: Any) -> dict[str, Any]:
    case = world.registers(returned_woman(**({"consent": NAMED} | more)))
    blocks = tuple(BlockedInstitution("rree", rule, "Bloqueada", "Blocked") for rule in rules)
    world.hub_tells(CaseRouted(case["id"], 1, 1, "sv-2", Urgency.URGENT, MONDAY, blocks))
    return case


def test_a_block_is_lifted_for_the_institution_that_the_consent_names(world: World) -> None:
    case = blocked_case(world, "R1b")
    world.sends()
    page = act(world, case, "lift-block", LIFT).get_json()
    (lift,) = page["approvals"]["lifts"]
    assert (lift["institution"], lift["rule"], lift["witness"], lift["by"]) == ("rree", "R1b", "Rosa Pérez, enfermera", SUPERVISOR)
    ((_, event),) = told(world)
    assert event.approvals.lifts[0].consent_id == case["consent_id"]
    again = act(world, case, "lift-block", LIFT)
    assert (again.status_code, set(again.get_json()["errors"])) == (422, {"institution"})


@pytest.mark.parametrize(
    ("consent", "rules", "body", "field"),
    [
        ({"status": "granted"}, ["R1b"], LIFT, "institution"),
        ({"status": "granted", "recipients": ["pddh"]}, ["R1b"], LIFT, "institution"),
        (NAMED | {"status": "refused"}, ["R1b"], LIFT, "institution"),
        (NAMED, [], LIFT, "institution"),
        (NAMED, ["R3"], LIFT, "rule"),
        (NAMED, ["R1b", "R3"], LIFT, "rule"),
        (NAMED, ["R1b"], LIFT | {"rule": "R13"}, "institution"),
        (NAMED, ["R1b"], LIFT | {"witness": ""}, "witness"),
        (NAMED, ["R1b"], {"institution": "rree", "paper": "x"}, "witness"),
    ],
    ids=["unnamed", "other-named", "refused", "not-blocked", "never", "one-never", "other-rule", "blank", "no-witness"],
)
def test_a_block_that_may_not_be_lifted_so_stays(world: World, consent: dict, rules: list, body: dict, field: str) -> None:
    case = blocked_case(world, *rules, consent=consent)
    answer = act(world, case, "lift-block", body)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {field})
    assert world.sees(case["id"])["approvals"]["lifts"] == []


def test_who_recorded_the_consent_lifts_no_block(world: World) -> None:
    case = blocked_case(world, "R1b")
    world.call("POST", f"/cases/{case['id']}/consents", NAMED, by=SUPERVISOR)
    assert act(world, case, "lift-block", LIFT).get_json()["code"] == "second_pair_of_eyes"
    assert act(world, case, "lift-block", LIFT, by=STAFF).status_code == 403


def test_urgency_is_lowered_from_what_routing_decided_and_stays_so(world: World) -> None:
    case = blocked_case(world)
    refused = act(world, case, "lower-urgency", {"urgency": "urgent", "reason": "Ya está a salvo."})
    assert set(refused.get_json()["errors"]) == {"urgency"}
    page = act(world, case, "lower-urgency", {"urgency": "routine", "reason": "Ya está a salvo."}).get_json()
    (approval,) = page["approvals"]["urgencies"]
    assert (approval["was"], approval["now"], approval["paper"]) == ("urgent", "routine", "Ya está a salvo.")
    assert act(world, case, "lower-urgency", {"urgency": "routine", "reason": "x"}, by=STAFF).status_code == 403


def test_an_urgency_that_staff_asked_for_is_lowered_with_it(world: World) -> None:
    case = world.registers(returned_woman(urgency="emergency"))
    page = act(world, case, "lower-urgency", {"urgency": "urgent", "reason": "Fue un malentendido."}).get_json()
    assert (page["urgency"], page["approvals"]["urgencies"][0]["was"]) == ("urgent", "emergency")


def test_two_cases_of_one_person_are_merged_told_and_parted_again(world: World) -> None:
    first, second = world.registers(returned_woman()), world.registers(returned_woman(notes="Volvió."))
    world.sends()
    page = act(world, second, "merge", {"case_id": first["id"], "reason": "Mismo DUI"}).get_json()
    assert page["person_id"] == first["person_id"]
    assert page["notes"] == "Volvió."
    ((_, event),) = told(world)
    assert (event.person_id, event.approvals.merges[0].before) == (first["person_id"], second["person_id"])
    twice = act(world, second, "merge", {"case_id": first["id"], "reason": "Mismo DUI"})
    assert (twice.status_code, set(twice.get_json()["errors"])) == (422, {"case_id"})

    back = act(world, second, "unmerge", {"reason": "Eran hermanas"}).get_json()
    assert (back["person_id"], back["notes"]) == (second["person_id"], "Volvió.")
    ((_, event),) = told(world)
    assert event.person_id == second["person_id"]
    assert act(world, second, "unmerge", {"reason": "x"}).get_json()["code"] == "not_merged"
    assert world.finds("volvio") == [] or world.finds("xiomara")


def test_all_cases_of_a_person_move_together_and_what_the_hub_told_is_still_read(world: World) -> None:
    first, second = world.registers(returned_woman()), world.registers(returned_woman())
    third = world.registers(returned_woman())
    act(world, third, "merge", {"case_id": second["id"], "reason": "Mismo DUI"})
    world.hub_tells_referral(world.referral(second))
    world.hub_tells(CaseRouted(second["id"], 1, 1, "sv-2", Urgency.URGENT, MONDAY))
    act(world, second, "merge", {"case_id": first["id"], "reason": "Mismo DUI"})
    assert {world.sees(one["id"])["person_id"] for one in (first, second, third)} == {first["person_id"]}
    assert len(world.sees(second["id"])["referrals"]) == 1
    assert world.sees(second["id"])["routing"]["urgency"] == "urgent"


def test_a_family_is_never_merged_nor_a_child_with_a_grown_person(world: World) -> None:
    mother = world.registers(returned_woman(household_id="hogar-1"))
    sister = world.registers(returned_woman(household_id="hogar-1"))
    child = returned_woman(consent={"status": "granted", "given_by": "authority"})
    child["person"] |= {"birth_date": "2015-05-01", "document": None}
    son = world.registers(child)
    for one in (sister, son):
        answer = act(world, one, "merge", {"case_id": mother["id"], "reason": "Mismo apellido"})
        assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"case_id"})
    assert act(world, son, "merge", {"case_id": "no-such", "reason": "x"}).status_code == 422
    assert act(world, son, "merge", {"case_id": mother["id"], "reason": "x"}, by=STAFF).status_code == 403


def test_what_routing_noted_waits_until_it_is_put_right(world: World) -> None:
    case = world.registers(returned_woman(needs=[{"code": "voluntary_return"}]))
    notes = (RoutingNote("declaration_missing", "Falta", "Missing", "voluntary_return"),)
    world.hub_tells(CaseRouted(case["id"], 1, 1, "sv-2", Urgency.URGENT, MONDAY, (), notes))
    assert tasks(world, case) == {"declaration_missing"}
    world.hub_tells(CaseRouted(case["id"], 1, 2, "sv-2", Urgency.URGENT, MONDAY))
    assert tasks(world, case) == set()


@pytest.mark.parametrize(
    ("change", "task"),
    [
        ({"needs": [{"code": "voluntary_return"}]}, "declaration_missing"),
        ({"needs": [{"code": "voluntary_return"}], "unaccompanied_child": True}, "best_interests_missing"),
        ({"vulnerabilities": ["immediate_danger"]}, "call_emergency"),
    ],
)
def test_a_gate_is_shown_before_the_hub_has_said_a_word(world: World, change: dict[str, Any], task: str) -> None:
    case = world.registers(returned_woman(**change))
    assert tasks(world, case) == {task}


def test_an_emergency_is_shown_also_of_a_case_that_never_leaves(world: World) -> None:
    case = world.registers(returned_woman(consent={"status": "refused"}, vulnerabilities=["urgent_medical"]))
    assert tasks(world, case) == {"call_emergency"}


def test_a_gate_opens_when_who_when_and_paper_are_recorded(world: World) -> None:
    case = world.registers(returned_woman(consent={"status": "refused"}, vulnerabilities=["urgent_medical"]))
    call = {"made": True, "at": "2026-11-23T14:00:00Z", "service": "911"}
    world.changes(case["id"], {"emergency_call": call}, 1)
    assert tasks(world, case) == set()


def test_what_a_block_took_back_waits_for_the_supervisor_until_they_have_looked(world: World) -> None:
    case = world.registers(returned_woman())
    taken = world.referral(case, status=ReferralStatus.CANCELLED, history=(HistoryEntry(world.clock.now(), "cancelled", "routing", CancelReason.BLOCKED),))
    world.hub_tells_referral(taken, "cancelled", reason="blocked")
    (todo,) = world.sees(case["id"])["todos"]
    assert (todo["task"], todo["for_supervisor"], todo["referral_id"]) == ("look_at_block", True, taken.id)
    listed = world.call("GET", "/todos").get_json()
    assert (listed["total"], listed["items"][0]["code"]) == (1, case["code"])
    assert act(world, case, "acknowledge", by=STAFF).status_code == 403
    assert act(world, case, "acknowledge").get_json()["todos"] == []
    assert world.call("GET", "/todos").get_json()["total"] == 0


def test_a_stop_request_that_nobody_answers_waits_from_its_hour_on(world: World) -> None:
    case = world.registers(returned_woman())
    due = world.clock.at + timedelta(hours=24)
    stopping = world.referral(case, status=ReferralStatus.ACCEPTED, stop_requested=True, stop_due_at=due)
    world.hub_tells_referral(stopping, "stop-requested")
    assert (tasks(world, case), world.sees(case["id"])["referrals"][0]["overdue"]) == (set(), False)
    world.clock.at = due + timedelta(minutes=1)
    assert (tasks(world, case), world.sees(case["id"])["referrals"][0]["overdue"]) == ({"stop_unanswered"}, True)
    over = replace(stopping, status=ReferralStatus.CANCELLED, stop_due_at=None, version=2)
    world.hub_tells_referral(over, "cancelled")
    assert tasks(world, case) == set()


def test_a_consent_that_ran_out_holds_the_case_empties_what_waits_and_asks_to_be_renewed(world: World) -> None:
    case = world.registers(returned_woman(consent={"status": "granted", "expires_on": "2026-11-24"}))
    world.clock.at += timedelta(days=2)
    world.window.withhold_lapsed()
    assert (world.sees(case["id"])["delivery"], tasks(world, case)) == ("withheld", {"renew_consent"})
    assert [kind for kind, _ in world.sends()] == ["sequence.skipped"]
    assert world.call("POST", f"/cases/{case['id']}/consents", {"status": "granted"}).get_json()["delivery"] == "queued"
    assert tasks(world, case) == set()


def test_the_person_can_be_shown_who_had_their_data_and_what_they_answered(world: World) -> None:
    case = world.registers(returned_woman())
    path = f"/cases/{case['id']}/holders"
    assert world.call("GET", path).get_json() == {"items": [], "total": 0}
    at = MONDAY + timedelta(hours=1)
    holding = world.referral(case, status=ReferralStatus.ACCEPTED, accepted_at=at)
    erased = world.referral(
        case, institution="rree", status=ReferralStatus.COMPLETED, accepted_at=at + timedelta(hours=1),
        erasure=Erasure(at, ErasureAnswer.RESTRICTED, at, "officer@rree", "Ley Orgánica, art. 9"),
    )
    for state in (holding, erased, world.referral(case, institution="fgr")):
        world.hub_tells_referral(state)
    found = world.call("GET", path).get_json()["items"]
    assert [(one["institution"], one["state"], one["duty"]) for one in found] == [
        ("pddh", "holds", ""), ("rree", "restricted", "Ley Orgánica, art. 9"),
    ]
    assert found[1]["name_es"] == "Ministerio de Relaciones Exteriores de El Salvador"
    world.hub_tells_referral(replace(holding, version=2, stop_requested=True), "stop-requested")
    assert world.call("GET", path).get_json()["items"][0]["state"] == "stopped"
    world.hub_tells_referral(replace(holding, version=3, erasure=Erasure(at)), "stop-requested")
    assert world.call("GET", path).get_json()["items"][0]["state"] == "asked"
    assert world.call("GET", path, by=STRANGER).status_code == 404


def test_the_consent_texts_are_given_in_the_language_asked_for(world: World) -> None:
    (spanish,) = world.call("GET", "/consent-texts").get_json()["items"]
    (english,) = world.call("GET", "/consent-texts?lang=en").get_json()["items"]
    assert (spanish["language"], english["language"], spanish["current"]) == ("es", "en", True)
    case = world.registers(returned_woman(consent={"status": "granted", "option_version": spanish["option_version"]}))
    assert world.sees(case["id"])["consent"]["option_version"] == spanish["option_version"]
    answer = world.call("POST", "/cases", returned_woman(consent={"status": "granted", "option_version": "3f2a"}))
    assert set(answer.get_json()["errors"]) == {"consent.option_version"}
    assert world.call("GET", "/consent-texts?lang=english").status_code == 422


def child(consent: dict[str, Any]) -> dict[str, Any]:
    case = returned_woman(consent={"status": "granted"} | consent)
    case["person"] |= {"birth_date": "2015-05-01", "document": None}
    return case


@pytest.mark.parametrize(
    ("consent", "field"),
    [({"given_by": "self"}, "consent.given_by"), ({"given_by": "guardian"}, "consent.guardian")],
)
def test_for_a_child_a_named_guardian_or_an_authority_consents(world: World, consent: dict, field: str) -> None:
    answer = world.call("POST", "/cases", child(consent))
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {field})
    grown = world.registers(returned_woman())
    world.changes(grown["id"], {"person": {"birth_date": "2015-05-01"}}, 1)


def test_a_childs_own_word_and_why_a_caregiver_does_not_know_are_kept(world: World) -> None:
    said = {
        "given_by": "guardian", "guardian": {"name": "Rosa", "relationship": "abuela", "phone": "+50370000000"},
        "assent": True, "assent_words": "Quiero ver a mi mamá.", "caregiver_not_informed": "El padre es de quien huye.",
    }
    kept = world.sees(world.registers(child(said))["id"])["consent"]
    assert {name: kept[name] for name in said} == said
    assert world.registers(child({"given_by": "authority"}))["delivery"] == "queued"
