"""A case changes: new versions, consents, its end, and what the hub hears of it."""

import pytest

from shared.contracts.case_closed import CaseClosed
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.contracts.receipt import RefusedCase
from shared.contracts.resync_requested import ResyncRequested
from tests.cast import returned_woman
from tests.integration.intake.world import SUPERVISOR, World

GRANTED = {"status": "granted"}


def test_a_change_makes_a_new_version_that_is_sent(world: World):
    case = world.registers(returned_woman())
    world.sends()
    world.hub_receipts()
    answer = world.changes(case["id"], {"person": {"phone": None}, "needs": [{"code": "health"}]}, 1)
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"2"'
    page = answer.get_json()
    assert (page["version"], page["delivery"], page["person"]["phone"]) == (2, "queued", None)
    assert page["person"]["given_name"] == returned_woman()["person"]["given_name"]
    ((kind, event),) = world.sends()
    assert (kind, event.version, [need.code for need in event.details.needs]) == ("case.updated", 2, ["health"])


def test_a_change_needs_the_version_that_was_read(world: World):
    case = world.registers(returned_woman())
    path = f"/cases/{case['id']}"
    assert world.call("PATCH", path, {"notes": "x"}).status_code == 428
    assert world.changes(case["id"], {"notes": "x"}, 1).status_code == 200
    stale = world.changes(case["id"], {"notes": "y"}, 1)
    assert (stale.status_code, stale.get_json()["code"]) == (412, "stale")
    assert world.sees(case["id"])["notes"] == "x"


def test_bad_fields_of_a_change_are_named_before_a_stale_version(world: World):
    case = world.registers(returned_woman())
    answer = world.changes(case["id"], {"person": {"birth_date": "2091-01-01", "phone": "+503123"}, "color": 1}, 9)
    assert answer.status_code == 422
    assert set(answer.get_json()["errors"]) == {"person.birth_date", "person.phone", "color"}


def test_a_change_that_changes_nothing_makes_no_version(world: World):
    case = world.registers(returned_woman())
    assert world.changes(case["id"], {"notes": returned_woman()["notes"]}, 1).get_json()["version"] == 1


def test_staff_raise_the_urgency_and_only_a_supervisor_lowers_it(world: World):
    case = world.registers(returned_woman())
    assert world.changes(case["id"], {"urgency": "urgent"}, 1).status_code == 200
    refused = world.changes(case["id"], {"urgency": "routine"}, 2)
    assert (refused.status_code, set(refused.get_json()["errors"])) == (422, {"urgency"})
    assert world.changes(case["id"], {"urgency": "routine"}, 2, by=SUPERVISOR).status_code == 200


def test_the_alias_answers_its_question_anew(world: World):
    case = world.registers(returned_woman(unaccompanied_child=True))
    page = world.changes(case["id"], {"unaccompanied_child": False}, 1).get_json()
    assert (page["unaccompanied_child"], page["vulnerabilities"]) == (False, {"unaccompanied_child": "no"})


def test_a_consent_is_not_changed_by_a_patch(world: World):
    case = world.registers(returned_woman())
    answer = world.changes(case["id"], {"consent": {"status": "refused"}}, 1)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {"consent"})


def test_closing_is_told_and_ends_every_change(world: World):
    case = world.registers(returned_woman())
    world.sends()
    path = f"/cases/{case['id']}"
    closed = world.call("POST", f"{path}/close", {"reason": "left-country", "text": "Viajó."}).get_json()
    assert (closed["status"], closed["closing"]["reason"], closed["closing"]["text"]) == ("closed", "left-country", "Viajó.")
    ((kind, event),) = world.sends()
    assert isinstance(event, CaseClosed)
    assert (kind, event.version) == ("case.closed", 2)
    again = world.call("POST", f"{path}/close", {"reason": "settled"})
    assert (again.status_code, again.get_json()["code"], again.get_json()["state"]) == (409, "already_closed", "closed")
    assert world.changes(case["id"], {"notes": "x"}, 2).status_code == 409
    assert world.call("POST", f"{path}/close", {"reason": "bored"}).status_code == 422


def test_a_consent_given_later_lets_a_withheld_case_leave(world: World):
    case = world.registers(returned_woman(consent={"status": "refused"}))
    answer = world.call("POST", f"/cases/{case['id']}/consents", GRANTED)
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["delivery"] == "queued"
    ((kind, event),) = world.sends()
    assert (kind, event.version, event.consent_id) == ("case.registered", 2, answer.get_json()["consent_id"])


def test_after_a_withdrawal_only_withdrawal_and_closing_leave(world: World):
    case = world.registers(returned_woman())
    world.sends()
    world.hub_receipts()
    path = f"/cases/{case['id']}"
    page = world.call("DELETE", f"{path}/consents/{case['consent_id']}").get_json()
    assert (page["delivery"], page["consents"][0]["status"]) == ("withheld", "withdrawn")
    ((_, event),) = world.sends()
    assert isinstance(event, ConsentWithdrawn)
    assert (event.consent_id, event.version) == (case["consent_id"], 2)
    assert world.changes(case["id"], {"notes": "otra"}, 2).get_json()["delivery"] == "withheld"
    assert world.sends() == []
    world.call("POST", f"{path}/close", {"reason": "person-request"})
    assert [kind for kind, _ in world.sends()] == ["case.closed"]


def test_what_still_waited_at_a_withdrawal_goes_out_empty(world: World):
    case = world.registers(returned_woman())
    world.call("DELETE", f"/cases/{case['id']}/consents/{case['consent_id']}")
    assert [kind for kind, _ in world.sends()] == ["sequence.skipped", "consent.withdrawn"]


def test_a_withdrawal_is_possible_once_and_of_known_consents(world: World):
    case = world.registers(returned_woman())
    path = f"/cases/{case['id']}/consents"
    assert world.call("DELETE", f"{path}/nothing").status_code == 404
    assert world.call("DELETE", f"{path}/{case['consent_id']}").status_code == 200
    again = world.call("DELETE", f"{path}/{case['consent_id']}")
    assert (again.status_code, again.get_json()["code"]) == (409, "already_withdrawn")


def test_a_refusal_said_later_takes_back_what_was_granted(world: World):
    case = world.registers(returned_woman())
    world.sends()
    page = world.call("POST", f"/cases/{case['id']}/consents", {"status": "refused"}).get_json()
    assert (page["delivery"], [one["status"] for one in page["consents"]]) == ("withheld", ["withdrawn", "refused"])
    ((_, event),) = world.sends()
    assert isinstance(event, ConsentWithdrawn)


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        ({"status": "expired"}, "status"),
        ({"status": "granted", "expires_on": "2020-01-01"}, "expires_on"),
        ({"status": "granted", "color": 1}, "color"),
    ],
)
def test_a_bad_consent_is_named(world: World, consent: dict[str, object], field: str):
    case = world.registers(returned_woman())
    answer = world.call("POST", f"/cases/{case['id']}/consents", consent)
    assert (answer.status_code, set(answer.get_json()["errors"])) == (422, {field})


def test_what_the_hub_refuses_is_shown_until_the_case_changes(world: World):
    case = world.registers(returned_woman())
    world.sends()
    refused = [RefusedCase(case["id"], {"needs.0.code": ["La central no conoce esta necesidad."]})]
    world.hub_receipts(refused=refused)
    page = world.sees(case["id"])
    assert (page["delivery"], page["refusal"]["errors"]) == ("refused", refused[0].errors)
    assert world.changes(case["id"], {"notes": "otra"}, 1).get_json()["delivery"] == "queued"
    world.hub_tells_old_refusals(refused)
    assert world.sees(case["id"])["delivery"] == "queued"
    world.sends()
    world.hub_receipts()
    assert world.sees(case["id"])["delivery"] == "received"


def test_a_hub_that_forgot_is_told_every_case_again(world: World):
    kept = world.registers(returned_woman())
    taken_back = world.registers(returned_woman())
    world.registers(returned_woman(consent={"status": "refused"}))
    world.call("DELETE", f"/cases/{taken_back['id']}/consents/{taken_back['consent_id']}")
    world.sends()
    world.hub_receipts()
    world.hub_tells(ResyncRequested())
    world.sends()
    world.window.tell_again()
    world.window.tell_again()
    told = [(kind, event.case_id) for kind, event in world.sends() if kind != "window.heartbeat"]
    assert told == [("case.updated", kept["id"]), ("consent.withdrawn", taken_back["id"])]
