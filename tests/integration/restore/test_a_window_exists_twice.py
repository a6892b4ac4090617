"""A window whose disk was copied, and the way out of it: no person is lost, and no two are found under one code."""

from tests.cast import returned_woman
from tests.drivers.console import console, done
from tests.integration.restore.town import Town


def test_of_two_cases_with_one_code_the_one_at_the_counter_goes_on_under_a_new_one(small_town: Town):
    # Given a window that exists twice: at each half somebody is registered under the same number, the copy's arrives first
    town, database = small_town, small_town.folder / "la-union.sqlite"
    town.window.stops()
    before = database.read_bytes()
    town.window.starts()
    theirs = town.registers(returned_woman())
    town.talks()
    town.window.stops()
    database.write_bytes(before)
    town.window.starts()
    ours = town.registers(returned_woman())
    town.talks()
    assert ours["code"] == theirs["code"]

    # When the copy is switched off, and an operator goes through the runbook
    data, _ = town.backs_up(town.window, "one")
    town.restores(town.window, data)
    town.talks()
    said = console("dead-letters", "replay", "all", *town.hub.config)
    assert "fork: another case of this window has this code" in said.text
    assert ours["id"] not in {row["id"] for row in town.hub.table("cases")}
    done("windows", "rebuild", "la-union", *town.hub.config)
    town.talks()
    done("dead-letters", "discard", "all", *town.hub.config)
    town.talks()

    # Then both persons are at the window and at the hub, each under a code of their own, and its timeline says so
    codes = {theirs["id"]: theirs["code"], ours["id"]: town.sees(ours["id"])["code"]}
    assert len(set(codes.values())) == 2
    assert {case_id: town.sees(case_id)["code"] for case_id in codes} == codes
    assert {row["id"]: row["code"] for row in town.hub.table("cases")} == codes
    assert town.sees(ours["id"])["delivery"] == "received"
    assert town.referral(ours["id"])["case_code"] == codes[ours["id"]]
    assert [line["case_id"] for line in town.window.table("case_log") if line["what"] == "renumbered"] == [ours["id"]]
    assert town.at_window().get("/sync").get_json()["forked_since"] is None


def test_a_case_that_was_closed_meanwhile_and_one_without_consent_give_way_too(small_town: Town):
    town, database = small_town, small_town.folder / "la-union.sqlite"
    town.window.stops()
    before = database.read_bytes()
    town.window.starts()
    theirs = [town.registers(returned_woman()) for _ in range(2)]
    town.talks()
    town.window.stops()
    database.write_bytes(before)
    town.window.starts()
    closed = town.registers(returned_woman())
    withheld = town.registers(returned_woman(consent={"status": "refused"}))
    town.at_window().post(f"/cases/{closed['id']}/close", {"reason": "settled"})
    town.talks()
    data, _ = town.backs_up(town.window, "one")
    town.restores(town.window, data)
    town.talks()
    for _ in range(2):
        done("windows", "rebuild", "la-union", *town.hub.config)
        town.talks()
    codes = {case["id"]: town.sees(case["id"])["code"] for case in (*theirs, closed, withheld)}
    assert len(set(codes.values())) == 4
    assert [codes[case["id"]] for case in theirs] == [case["code"] for case in theirs]
    assert (town.sees(closed["id"])["status"], town.sees(withheld["id"])["delivery"]) == ("closed", "withheld")
    at_hub = {row["id"]: row["closed_at"] for row in town.hub.table("cases")}
    assert at_hub.keys() == {*(case["id"] for case in theirs), closed["id"]}
    assert at_hub[closed["id"]] is not None
