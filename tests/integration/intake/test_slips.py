"""The slip of a case and what it tells at a window: where, when, what to bring; never who or why."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from shared.claims import ClaimStatus
from shared.contracts.claim_answered import ClaimAnswered
from shared.contracts.referral import Appointment
from shared.spoken import new_code, parse_code
from shared.vocabulary.codes import Need, ReferralStatus
from tests.cast import PLANTED, returned_woman
from tests.integration.intake.world import MONDAY, OFFICER, STRANGER, World


def slip(world: World, case: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = world.call("GET", f"/cases/{case['id']}/slip{query}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def referred(world: World, *states: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A case whose referrals the hub has told."""
    case = world.registers(returned_woman(**changes))
    world.hub_publishes()
    for state in states or ({},):
        world.hub_tells_referral(world.referral(case, **state))
    return case


def test_a_slip_says_where_to_go_when_and_what_to_bring(world: World):
    meeting = Appointment(MONDAY + timedelta(days=1), "Delegación de La Unión", ("La carta de la ventanilla",))
    case = referred(world, {"status": ReferralStatus.ACCEPTED, "appointment": meeting})
    told = slip(world, case)
    (one,) = told["referrals"]
    assert (one["label"], one["discreet"], one["to_confirm"]) == ("Procuraduría para la Defensa de los Derechos Humanos", False, True)
    assert one["bring"] == ["Si los tiene: fechas, nombres y papeles de lo que pasó.", "La carta de la ventanilla"]
    assert "No necesita abogado." in one["not_needed"]
    assert one["appointment"]["place"] == "Delegación de La Unión"
    here = one["where"][1]
    assert (here["municipality"], here["today"]) == ("La Unión Sur", [{"opens": "08:00", "closes": "16:00"}])
    assert [bool(day["hours"]) for day in here["week"]] == [True] * 5 + [False] * 2
    assert (told["case_code"], told["language"], told["prepared_on"]) == (case["code"], "es", "2026-11-23")
    assert "slip-prepared" in [line["what"] for line in world.sees(case["id"])["timeline"]]


def test_a_slip_bears_no_name_no_need_and_no_reason(world: World):
    case = referred(world)
    text = world.call("GET", f"/cases/{case['id']}/slip").text
    for word in (*PLANTED.values(), "rights_violation", "R7", "1990"):
        assert word not in text


def test_the_code_is_spoken_in_groups_and_the_qr_holds_it_alone(world: World):
    claim = slip(world, referred(world))["claim"]
    assert parse_code("".join(claim["groups"])) == claim["code"]
    assert claim["qr_svg"].startswith("<svg")
    assert re.findall(r"https?://[^\"]+", claim["qr_svg"]) in ([], ["http://www.w3.org/2000/svg"])


def test_every_case_has_a_code_of_its_own_that_stays(world: World):
    first, second = world.registers(returned_woman()), world.registers(returned_woman())
    codes = [slip(world, case)["claim"]["code"] for case in (first, second, first)]
    assert codes[0] == codes[2] != codes[1]
    told = [event.claim_code for kind, event in world.sends() if kind == "case.registered"]
    assert told == codes[:2]
    cases = world.window.tables.cases
    with world.window.database.read() as connection:
        rows = connection.execute(select(cases)).mappings().all()
    for row in rows:
        assert not any(code.encode() in bytes(str(row).encode()) for code in codes)


def test_what_a_name_gives_away_is_not_named_unless_the_person_wants_it(world: World):
    meeting = Appointment(MONDAY + timedelta(days=1), "Unidad de Trata", ("DUI",))
    case = referred(
        world,
        {"institution": "fgr", "needs": (Need.TRAFFICKING,), "appointment": meeting},
        {"institution": "pddh", "needs": (Need.GENDER_BASED_VIOLENCE,)},
        {"institution": "conapina", "needs": (Need.CHILD_PROTECTION,)},
        {"institution": "rree", "needs": (Need.RECOVERY_OF_BELONGINGS,)},
    )
    answer = slip(world, case)
    assert [one["discreet"] for one in answer["referrals"]] == [True, True, True, False]
    hidden = answer["referrals"][0]
    assert (hidden["label"], hidden["where"], hidden["bring"]) == ("Cita acordada con la ventanilla", [], [])
    assert (hidden["appointment"]["place"], hidden["appointment"]["bring"]) == ("", [])
    assert "Fiscal" not in str(answer)

    wanted = slip(world, case, "?discreet=false")
    assert [one["discreet"] for one in wanted["referrals"]] == [False] * 4
    assert wanted["referrals"][0]["label"] == "Fiscalía General de la República"
    assert [one["discreet"] for one in slip(world, case, "?discreet=true")["referrals"]] == [True] * 4


def test_a_slip_is_in_the_persons_language_or_the_one_asked_for(world: World):
    body = returned_woman()
    body["person"]["languages"] = ["en", "es"]
    case = world.registers(body)
    world.hub_publishes()
    world.hub_tells_referral(world.referral(case))
    assert slip(world, case)["referrals"][0]["label"] == "Office of the Ombudsman for Human Rights"
    assert slip(world, case, "?lang=es")["language"] == "es"
    assert world.call("GET", f"/cases/{case['id']}/slip?lang=fr").status_code == 422


def test_nobody_is_sent_where_nothing_is_expected_any_more(world: World):
    over = [{"status": status} for status in (ReferralStatus.REJECTED, ReferralStatus.CANCELLED, ReferralStatus.COMPLETED)]
    assert slip(world, referred(world, *over))["referrals"] == []


def test_without_a_directory_a_slip_still_has_the_code_and_the_institution(world: World):
    case = world.registers(returned_woman())
    world.hub_tells_referral(world.referral(case))
    told = slip(world, case)
    assert (told["referrals"][0]["label"], told["referrals"][0]["to_confirm"]) == ("pddh", True)
    assert told["claim"] is not None


def test_a_slip_is_for_the_windows_own_people_and_leaves_an_audit_row(world: World):
    case = referred(world)
    assert world.call("GET", f"/cases/{case['id']}/slip", by=STRANGER).status_code == 404
    assert world.call("GET", f"/cases/{case['id']}/slip", by=OFFICER).status_code == 404
    assert world.call("GET", f"/cases/{case['id']}/slip", by=None).status_code == 401
    slip(world, case)
    audit = world.window.tables.audit
    with world.window.database.read() as connection:
        rows = connection.execute(select(audit).where(audit.c.act == "case.slip")).mappings().all()
    assert [(row["object_id"], row["fields"]) for row in rows] == [(case["id"], "claim referrals")]


# what a slip tells


def claim(world: World, code: str):
    answer = world.call("GET", f"/claims/{code}")
    return answer.status_code, answer.get_json()


def test_a_windows_own_slip_is_answered_at_once_and_without_network(world: World):
    case = world.registers(returned_woman())
    code = slip(world, case)["claim"]["code"]
    assert claim(world, code.lower())[1]["status"] == "received"
    referral = world.referral(case)
    for version, state, status in (
        (2, ReferralStatus.RECEIVED, "in_review"), (3, ReferralStatus.ACCEPTED, "answered"),
    ):
        world.hub_tells_referral(world.referral(case, id=referral.id, status=state, version=version), state.value)
        assert claim(world, code)[1]["status"] == status
    world.call("POST", f"/cases/{case['id']}/close", {"reason": "settled"})
    answer = claim(world, code)[1]
    assert (answer["status"], set(answer)) == ("closed", {"status", "as_of"})


def test_another_windows_slip_is_asked_of_the_hub_once_and_told_when_the_answer_is_here(world: World):
    code = new_code()
    assert claim(world, code) == (202, {"status": None, "as_of": None})
    assert claim(world, code)[0] == 202
    ((kind, asked),) = [one for one in world.sends() if one[0] == "claim.asked"]
    assert (kind, asked.claim_code) == ("claim.asked", code)
    world.hub_receipts()
    world.hub_tells(ClaimAnswered(asked.ask_id, world.clock.now(), ClaimStatus.ANSWERED))
    assert claim(world, code)[1]["status"] == "answered"
    world.clock.at += timedelta(minutes=11)
    assert claim(world, code)[0] == 202
    assert [kind for kind, _ in world.sends()].count("claim.asked") == 1


def test_a_code_that_the_hub_does_not_know_does_not_exist_and_a_mistyped_one_is_said_to_be_so(world: World):
    code = new_code()
    claim(world, code)
    (asked,) = [event for kind, event in world.sends() if kind == "claim.asked"]
    world.hub_tells(ClaimAnswered(asked.ask_id, world.clock.now(), None))
    assert claim(world, code)[0] == 404
    status, answer = claim(world, "K7QF-2MXP-9TR2")
    assert (status, list(answer["errors"])) == (422, ["code"])


def test_an_answer_to_an_older_question_or_told_twice_changes_nothing(world: World):
    code = new_code()
    claim(world, code)
    (asked,) = [event for kind, event in world.sends() if kind == "claim.asked"]
    world.hub_tells(ClaimAnswered("0198c0de-0000-7000-8000-00000000dead", MONDAY, ClaimStatus.CLOSED))
    assert claim(world, code)[0] == 202
    world.hub_tells(ClaimAnswered(asked.ask_id, world.clock.now(), ClaimStatus.RECEIVED))
    world.hub_tells(ClaimAnswered(asked.ask_id, world.clock.now(), ClaimStatus.CLOSED))
    assert claim(world, code)[1]["status"] == "received"


def test_no_code_stands_in_clear_in_the_windows_database(world: World):
    code = new_code()
    claim(world, code)
    data = b"".join(path.read_bytes() for path in world.folder.glob("window.sqlite*"))
    assert code.encode() not in data


def test_only_the_windows_own_people_look_up_a_slip(world: World):
    code = new_code()
    assert world.call("GET", f"/claims/{code}", by=STRANGER).status_code == 404
    assert world.call("GET", f"/claims/{code}", by=OFFICER).status_code == 403
    assert world.call("GET", f"/claims/{code}", by=None).status_code == 401
