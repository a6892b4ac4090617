"""A person is registered: what is kept, what leaves, what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from shared.persistence.perform import NEWEST
from tests.cast import PLANTED, returned_woman
from tests.integration.intake.world import OFFICER, STRANGER, SUPERVISOR, World


def _woman(**changes: Any) -> dict[str, Any]:
    case = returned_woman()
    for path, value in changes.items():
        *heads, last = path.split("__")
        place = case
        for head in heads:
            place = place[head] if isinstance(place, dict) else place[int(head)]
        place[last] = value
    return case


def test_a_registered_case_is_queued_sent_and_received(world: World):
    case = world.registers(returned_woman())
    assert case["code"].startswith("SV-LUN-000001-")
    assert case["delivery"] == "queued"
    ((kind, event),) = world.sends()
    assert (kind, event.case_id, event.version) == ("case.registered", case["id"], 1)
    assert event.details.person.given_name == PLANTED["given_name"]
    assert world.sees(case["id"])["delivery"] == "sent"
    world.hub_receipts(highest_code=1)
    assert world.sees(case["id"])["delivery"] == "received"


def test_the_page_of_a_case_holds_what_was_said(world: World):
    said = returned_woman(unaccompanied_child=False, vulnerabilities=["pregnant_or_lactating"])
    page = world.sees(world.registers(said)["id"])
    for name in ("given_name", "family_name", "birth_date", "phone", "origin"):
        assert page["person"][name] == said["person"][name] | {} if isinstance(said["person"][name], dict) else said["person"][name]
    assert page["return"] == {"country": "MX", "date": None}
    assert page["vulnerabilities"] == {"pregnant_or_lactating": "yes"}
    assert page["occurred_on"] == "2026-11-23"
    assert page["status"] == "open"
    assert page["consents"][0]["ends_on"] == "2027-02-21"
    assert [line["what"] for line in page["timeline"]] == ["registered"]


def test_a_refused_consent_keeps_the_case_at_the_window(world: World):
    case = world.registers(_woman(consent={"status": "refused"}))
    assert case["delivery"] == "withheld"
    assert world.sends() == []
    closed = world.call("POST", f"/cases/{case['id']}/close", {"reason": "settled"})
    assert closed.get_json()["status"] == "closed"
    assert world.sends() == []


def test_another_ground_than_consent_waits_for_a_supervisor(world: World):
    case = world.registers(_woman(consent__ground="vital_interest", consent__ground_text="Inconsciente."))
    assert case["delivery"] == "awaiting_supervisor"
    assert world.sends() == []


def test_numbers_go_on_above_the_highest_that_the_hub_knows(world: World):
    world.hub_receipts(highest_code=122)
    assert world.registers(returned_woman())["code"].startswith("SV-LUN-000123-")


def test_a_refused_registration_takes_no_number(world: World):
    assert world.call("POST", "/cases", _woman(person__phone="+503123")).status_code == 422
    assert world.registers(returned_woman())["code"].startswith("SV-LUN-000001-")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"person__birth_date": "2091-01-01"}, "person.birth_date"),
        ({"person__birth_date": None}, "person.birth_date"),
        ({"person__birth_date": "1990-05-01", "person__estimated_age": 60}, "person.estimated_age"),
        ({"person__document__number": "01234567-1"}, "person.document.number"),
        ({"person__phone": "+503123"}, "person.phone"),
        ({"person__phone": "+50399999999"}, "person.phone"),
        ({"person__nationality": "XX"}, "person.nationality"),
        ({"person__safe_to_contact": "yes"}, "person.safe_to_contact"),
        ({"person__estimated_age": "5"}, "person.estimated_age"),
        ({"person__origin__municipality": "Tegucigalpa"}, "person.origin.municipality"),
        ({"person__origin__department": "SV-ZZ"}, "person.origin.department"),
        ({"person__origin__department": "GT-01"}, "person.origin.department"),
        ({"person__given_name": "   "}, "person.given_name"),
        ({"person__nickname": "x"}, "person.nickname"),
        ({"occurred_on": "2026-11-24"}, "occurred_on"),
        ({"entry_date": "2027-01-01"}, "entry_date"),
        ({"return": {"country": "MX", "date": "2027-01-01"}}, "return.date"),
        ({"needs": []}, "needs"),
        ({"needs": [{"code": "astrology"}]}, "needs.0.code"),
        ({"needs": [{"code": "health"}, {"code": "health"}]}, "needs.1.code"),
        ({"vulnerabilities": ["astrology"]}, "vulnerabilities"),
        ({"vulnerabilities": {"unaccompanied_child": "no"}, "unaccompanied_child": True}, "unaccompanied_child"),
        ({"consent": {"status": "withdrawn"}}, "consent.status"),
        ({"consent__expires_on": "2026-11-22"}, "consent.expires_on"),
        ({"consent__classes": ["astrology"]}, "consent.classes.0"),
        ({"person__birth_date": "2015-05-01"}, "consent.given_by"),
        ({"notes": "x" * 4001}, "notes"),
        ({"voluntary_return": {"guidance_on": "2026-11-10", "declared_on": "2026-11-09"}}, "voluntary_return.declared_on"),
        ({"emergency_call": {"made": True, "at": "2026-11-25T00:00:00Z"}}, "emergency_call.at"),
    ],
)
def test_every_bad_field_is_named_and_nothing_is_kept(world: World, changes: dict[str, Any], field: str):
    answer = world.call("POST", "/cases", _woman(**changes))
    assert answer.status_code == 422, answer.text
    problem = answer.get_json()
    assert answer.content_type == "application/problem+json"
    assert problem["code"] == "invalid"
    assert field in problem["errors"], problem["errors"]
    assert world.finds("") == []
    assert world.outbox_count() == 0


def test_several_bad_fields_are_named_together(world: World):
    answer = world.call("POST", "/cases", _woman(person__phone="+503123", occurred_on="2027-01-01"))
    assert {"person.phone", "occurred_on"} <= set(answer.get_json()["errors"])


def test_institutions_must_stand_in_the_directory_once_there_is_one(world: World):
    named = _woman(consent__recipients=["pddh", "nobody"], needs=[{"code": "rights_violation", "against": {"institution": "none"}}])
    assert world.call("POST", "/cases", named).status_code == 201
    world.hub_publishes()
    errors = world.call("POST", "/cases", named).get_json()["errors"]
    assert set(errors) == {"consent.recipients.1", "needs.0.against.institution"}


def test_municipalities_are_known_by_old_names_and_other_spelling(world: World):
    for name in ("conchagua", "La Union", "LA UNIÓN SUR", "Yucuaiquin"):
        world.registers(_woman(person__origin__municipality=name))


def test_the_same_key_and_body_register_once(world: World):
    first = world.registers(returned_woman(), Idempotency_Key="k1")
    again = world.call("POST", "/cases", returned_woman(), Idempotency_Key="k1")
    assert again.get_json() == first
    assert again.headers["Idempotent-Replayed"] == "true"
    other = world.call("POST", "/cases", returned_woman(notes="otra"), Idempotency_Key="k1")
    assert (other.status_code, other.get_json()["code"]) == (422, "key_reused")
    assert len(world.finds("")) == 1


@pytest.mark.parametrize(("jump", "replayed"), [(timedelta(days=1), True), (timedelta(days=8), False)])
def test_a_clock_that_jumps_ahead_makes_no_second_case_of_one_key_within_a_week(world: World, jump, replayed):
    world.registers(returned_woman(), Idempotency_Key="k1")
    world.clock.at += jump
    world.registers(returned_woman(), Idempotency_Key="k2")
    again = world.call("POST", "/cases", returned_woman(), Idempotency_Key="k1")
    assert ("Idempotent-Replayed" in again.headers) is replayed


def test_of_many_keys_the_old_ones_go_after_a_day(world: World):
    for number in range(NEWEST + 1):
        world.registers(returned_woman(), Idempotency_Key=f"k{number}")
    world.clock.at += timedelta(days=1, seconds=1)
    world.registers(returned_woman(), Idempotency_Key="later")
    keys = world.window.tables.idempotency
    with world.window.database.read() as connection:
        left = set(connection.execute(select(keys.c.key)).scalars())
    assert left == {*(f"k{number}" for number in range(1, NEWEST + 1)), "later"}



def test_only_the_windows_own_people_may_register_and_read(world: World):
    case = world.registers(returned_woman())
    assert world.call("POST", "/cases", {}, by=None).status_code == 401
    assert world.call("POST", "/cases", {}, by=STRANGER).status_code == 404
    assert world.call("POST", "/cases", {}, by=OFFICER).status_code in {403, 404}
    assert world.call("GET", f"/cases/{case['id']}", by=STRANGER).status_code == 404
    assert world.call("GET", f"/cases/{case['id']}", by=SUPERVISOR).status_code == 200
    assert world.call("GET", "/cases/no-such").status_code == 404


def test_reads_and_writes_leave_an_audit_row_without_values(world: World):
    case = world.registers(returned_woman())
    world.sees(case["id"])
    world.finds(PLANTED["given_name"])
    with world.window.database.read() as connection:
        rows = connection.execute(world.window.tables.audit.select()).mappings().all()
    assert [row["act"] for row in rows] == ["case.register", "case.read", "case.search"]
    assert {row["object_id"] for row in rows} == {case["id"]}
    assert PLANTED["given_name"] not in str(rows)


def test_a_restarted_window_finds_everything_as_it_was(world: World):
    case = world.registers(returned_woman())
    world.close()
    world.start()
    assert world.sees(case["id"])["code"] == case["code"]
    assert world.finds("xiomara") == [case["code"]]
