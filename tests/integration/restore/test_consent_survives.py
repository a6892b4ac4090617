"""What consent has bound stays bound when a hub or a window is put back from a copy: approvals, lifts, merges, erasure."""

from datetime import timedelta
from typing import Any

from services.referrals.commands import add_users
from services.referrals.use_cases.publish_directory import publish_directory
from shared.contracts.access import UserAccess
from shared.vocabulary.codes import Need
from tests.cast import returned_woman
from tests.drivers.console import done
from tests.integration.restore.town import SUPERVISOR, Town

ABUSED = [{"code": "rights_violation"}]
PAPER = {"paper": "Acta 7/2026"}
ERASED = {"answer": "restricted", "duty": "Expediente abierto"}


def signs(town: Town, case_id: str, act: str, body: dict[str, Any], by: str = SUPERVISOR) -> dict[str, Any]:
    answer = town.at_window(by).post(f"/cases/{case_id}/{act}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def come_back(town: Town) -> None:
    town.talks()
    town.talks()
    town.agree()


def test_what_became_of_the_data_is_known_again_and_nobody_is_asked_twice(town: Town):
    case = town.registers(returned_woman(needs=ABUSED))
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.withdraws(case["id"])
    town.talks()
    assert town.at_hub().act(referral, "erasure", ERASED).status_code == 200
    town.talks()

    town.hub.stops()
    forget_the_replaced_database(town)
    town.restores(town.hub, data)
    come_back(town)
    seen = town.opens(referral)
    assert (seen["erasure"]["answer"], seen["erasure"]["duty"], seen["person"]) == ("restricted", "Expediente abierto", {})
    assert [entry["change"] for entry in seen["history"]].count("stop-requested") == 1
    assert town.at_hub().act(referral, "erasure", ERASED).status_code == 409


def test_who_knew_the_person_is_asked_to_erase_though_the_referral_that_came_back_is_over(town: Town):
    case = town.registers(returned_woman(needs=ABUSED))
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(case["id"])["id"]
    town.acts(referral, "receive", "accept", "start", "complete")
    town.talks()
    town.hub.stops()
    town.withdraws(case["id"])
    town.restores(town.hub, data)
    come_back(town)
    seen = town.opens(referral)
    assert (seen["status"], seen["erasure"]["answer"], seen["person"]) == ("completed", None, {})
    (holder,) = [one for one in town.sees(case["id"])["referrals"] if one["id"] == referral]
    assert holder["erasure"]["answer"] is None


def test_a_referral_of_a_case_that_was_merged_comes_back_to_whose_case_it_is_now(town: Town):
    first, second = town.registers(returned_woman(needs=ABUSED)), town.registers(returned_woman())
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    referral = town.referral(first["id"])["id"]
    town.acts(referral, "receive", "accept")
    town.talks()
    signs(town, first["id"], "merge", {"case_id": second["id"], "reason": "El mismo documento."})
    town.talks()

    town.restores(town.hub, data)
    come_back(town)
    persons = {row["person_id"] for row in town.hub.table("cases")}
    assert len(persons) == 1
    assert {row["person_id"] for row in town.hub.table("referrals")} == persons
    assert town.opens(referral)["status"] == "accepted"
    assert town.referral(second["id"])["status"] == "cancelled"


def test_a_lifted_block_that_the_case_shows_no_more_stands_again_and_is_lifted(town: Town):
    consent = {"status": "granted", "purposes": ["referral"], "recipients": ["pddh", "rree"]}
    case = town.registers(returned_woman(consent=consent))
    town.talks()
    data, _ = town.backs_up(town.hub, "yesterday")
    town.changes(case["id"], {"vulnerabilities": {"fear_of_return": "yes"}})
    town.talks()
    signs(town, case["id"], "lift-block", {"institution": "rree", "witness": "Rosa Pérez", "paper": "Hoja 3"})
    town.changes(case["id"], {"vulnerabilities": {"fear_of_return": "no"}})
    town.talks()

    town.restores(town.hub, data)
    come_back(town)
    (kept,) = town.hub.table("cases")
    assert "rree" in {block["institution"] for block in kept["blocks"]}
    with town.hub.running.works.open() as work:
        held = work.cases.get(case["id"])
        assert held is not None
        assert "rree" not in held.blocked


def test_a_ground_approved_by_who_became_a_supervisor_after_the_copy_is_believed_again(town: Town):
    data, _ = town.backs_up(town.hub, "yesterday")
    new = "nueva@la-union"
    town.tokens |= add_users(town.hub.running, [UserAccess(new, "supervisor", "sv", 1, window="la-union")])
    town.talks()
    consent = {"status": "refused", "ground": "vital_interest", "ground_text": "Inconsciente."}
    case = town.registers(returned_woman(consent=consent, vulnerabilities={"immediate_danger": "yes"}))
    signs(town, case["id"], "approve", PAPER, by=new)
    town.talks()
    assert town.sees(case["id"])["delivery"] == "received"

    town.restores(town.hub, data)
    come_back(town)
    assert town.sees(case["id"])["delivery"] == "received"
    assert town.referral(case["id"])["status"] == "requested"


def test_an_urgency_raised_while_the_hub_was_down_reaches_what_comes_back(town: Town):
    data, _ = town.backs_up(town.hub, "yesterday")
    case = town.registers(returned_woman(needs=[{"code": "documentation"}]))
    town.talks()
    referral = town.referral(case["id"], "alcaldia-la-union")["id"]
    town.acts(referral, "receive", "accept", institution="alcaldia-la-union")
    town.talks()
    town.hub.stops()
    town.changes(case["id"], {"urgency": "urgent"})
    town.restores(town.hub, data)
    come_back(town)
    seen = town.opens(referral, "alcaldia-la-union")
    assert (seen["status"], seen["urgency"]) == ("accepted", "urgent")


def test_a_dead_window_has_approvals_and_persons_back_and_its_old_slips_are_answered_by_the_hub(town: Town):
    consent = {"status": "refused", "ground": "vital_interest", "ground_text": "Inconsciente."}
    claimed = town.registers(returned_woman(consent=consent, vulnerabilities={"immediate_danger": "yes"}))
    first, second = town.registers(returned_woman(needs=ABUSED)), town.registers(returned_woman())
    code = town.at_window().get(f"/cases/{first['id']}/slip").get_json()["claim"]["code"]
    signs(town, claimed["id"], "approve", PAPER)
    signs(town, first["id"], "merge", {"case_id": second["id"], "reason": "El mismo documento."})
    town.talks()
    town.window.stops()
    for file in town.folder.glob("la-union.sqlite*"):
        file.unlink()
    (town.keys / "sv.la-union" / "persons.sqlite").unlink()
    done("migrate", *town.window.config)
    town.window.starts()
    done("windows", "rebuild", "la-union", *town.hub.config)
    come_back(town)

    back = town.sees(claimed["id"])
    assert [(one["by"], one["paper"]) for one in back["approvals"]["grounds"]] == [(SUPERVISOR, "Acta 7/2026")]
    assert (back["delivery"], [todo["task"] for todo in back["todos"]]) == ("received", ["call_emergency"])
    persons = {row["person_id"] for row in town.window.table("cases") if row["id"] in {first["id"], second["id"]}}
    assert len(persons) == 1
    assert town.at_window().get(f"/cases/{first['id']}/slip").get_json()["claim"] is None
    assert town.at_window().get(f"/claims/{code}").status_code == 202
    town.talks()
    assert town.at_window().get(f"/claims/{code}").get_json()["status"] == "received"


def test_a_slip_is_answered_by_a_hub_that_was_restored_to_before_its_case(town: Town):
    data, _ = town.backs_up(town.hub, "empty")
    case = town.registers(returned_woman(needs=ABUSED))
    town.talks()
    code = town.at_window().get(f"/cases/{case['id']}/slip").get_json()["claim"]["code"]
    town.restores(town.hub, data)
    come_back(town)
    assert town.at_hub().get(f"/claims/{code}").get_json()["status"] == "received"


def test_a_second_step_that_was_reset_after_the_copy_and_a_session_that_was_ended_open_nothing(town: Town):
    tables = town.hub.running.tables
    now = town.clock.now()
    factor = {"username": SUPERVISOR, "sealed": b"stolen", "begun_at": now}
    session = {
        "hash": "h", "id": "i", "username": SUPERVISOR, "stage": "in", "stamp": "s", "opened_at": now, "seen_at": now,
        "browser": "b", "notices": "[]",
    }
    with town.hub.running.database.write() as connection:
        connection.execute(tables.second_step.factors.insert().values(factor))
        connection.execute(tables.entrance.sessions.insert().values(session))
    data, _ = town.backs_up(town.hub, "yesterday")
    with town.hub.running.database.write() as connection:
        connection.execute(tables.second_step.factors.delete())
        connection.execute(tables.entrance.sessions.delete())
    town.restores(town.hub, data)
    with town.hub.running.database.read() as connection:
        assert connection.execute(tables.second_step.factors.select()).all() == []
        assert connection.execute(tables.entrance.sessions.select()).all() == []


def test_who_said_that_they_are_full_after_the_copy_is_full_and_no_version_of_the_directory_is_ever_two(town: Town):
    data, _ = town.backs_up(town.hub, "yesterday")
    now = town.clock.now()
    with town.hub.running.works.open() as work:
        work.directory.mark_full("pddh", [Need.RIGHTS_VIOLATION], until=now + timedelta(days=7), now=now)
        publish_directory(work=work)
    town.talks()
    lost = town.at_window().get("/sync").get_json()["directory_version"]

    town.restores(town.hub, data)
    town.hub.running.publish()
    come_back(town)
    assert [(row["institution"], row["need"]) for row in town.hub.table("full_services")] == [("pddh", "rights_violation")]
    version = town.at_window().get("/sync").get_json()["directory_version"]
    with town.hub.running.works.open() as work:
        assert (work.directory.version, version == lost) == (version, False)


def forget_the_replaced_database(town: Town) -> None:
    """What cannot be read any more tells nothing; only on SQLite is it a file that a test can take away."""
    for file in town.folder.glob("hub.sqlite*"):
        file.unlink()
