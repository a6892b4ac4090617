"""Finding people again: search, likely duplicates, drafts, places; and that nothing of it lies on disk in clear."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.intake.wiring import build
from tests.cast import PLANTED, dui, returned_woman
from tests.integration.intake.world import STRANGER, World


def _person(given: str, family: str, **more: Any) -> dict[str, Any]:
    case = returned_woman()
    case["person"] |= {"given_name": given, "family_name": family, **more}
    return case


@pytest.mark.parametrize(
    "asked",
    [
        "José Núñez", "jose nunez", "NUNEZ JOSE", "Jozé Núñes", "Josue", "jos nuñ", "Nuñez Benitez", "benites", "benitz",
        "04713862-8", "04713862", "0471", "SV-LUN-000001", "svlun000001", "1",
    ],
)
def test_a_person_is_found_however_the_name_is_spelt(world: World, asked: str):
    wanted = world.registers(_person("José Josué", "Núñez Benítez"))
    world.registers(_person("Carla", "Mejía", document={"type": "dui", "number": dui("01234567"), "country": "SV"}))
    if asked == "04713862-8":
        asked = dui("04713862")
    assert world.finds(asked) == [wanted["code"]]


@pytest.mark.parametrize("asked", ["Pedro", "José Mejía", "99999999", "zz"])
def test_nobody_is_found_by_what_does_not_fit(world: World, asked: str):
    world.registers(_person("José Josué", "Núñez Benítez"))
    world.registers(_person("Carla", "Mejía"))
    assert world.finds(asked) == []


def test_lists_come_newest_first_page_by_page_and_by_status(world: World):
    codes = [world.registers(_person(name, "Reyes"))["code"] for name in ("Ana", "Berta", "Carla")]
    first = world.call("GET", "/cases?q=reyes&page_size=2").get_json()
    assert ([one["code"] for one in first["items"]], first["total"]) == (codes[:0:-1], 3)
    assert first["items"][0]["delivery"] == "queued"
    second = world.client.get(first["next"], headers={"Authorization": f"Bearer {world.tokens['staff@la-union']}"})
    assert [one["code"] for one in second.get_json()["items"]] == codes[:1]
    assert second.get_json()["next"] is None
    case_id = first["items"][0]["id"]
    world.call("POST", f"/cases/{case_id}/close", {"reason": "settled"})
    assert world.finds("reyes", status="closed") == [codes[2]]
    assert world.finds("reyes", status="open") == [codes[1], codes[0]]
    assert world.call("GET", "/cases?status=asleep").status_code == 422
    assert world.call("GET", "/cases", by=STRANGER).status_code == 404


def test_a_changed_name_is_found_by_the_new_one_alone(world: World):
    case = world.registers(_person("José", "Núñez"))
    world.changes(case["id"], {"person": {"given_name": "Miguel"}}, 1)
    assert world.finds("miguel") == [case["code"]]
    assert world.finds("jose") == []


def test_what_another_process_wrote_is_found(world: World):
    other = build(world.settings, clock=world.clock)
    code = world.registers(_person("José", "Núñez"))["code"]
    with other.database.read() as connection:
        assert len(other.people.search(connection, "nunez", None)) == 1
    other.close()
    assert world.finds("nunez") == [code]


def test_likely_duplicates_are_named_with_reasons_before_saving(world: World):
    case = world.registers(_person("María José", "López Núñez"))
    world.registers(_person("María José", "López Núñez", birth_date="1972-12-30", document=None))
    asked = {"person": {"given_name": "JOSE MARIA", "family_name": "NUÑES LOPES", "birth_date": "1990-05-01"}}
    found = world.call("POST", "/duplicates/check", asked)
    assert found.status_code == 200, found.text
    (one,) = found.get_json()["items"]
    assert (one["case"]["code"], one["reasons"]) == (case["code"], ["name", "birth_date"])
    assert one["score"] >= 70
    by_paper = {"person": {"document": {"type": "dui", "number": dui("04713862").replace("-", "")}}}
    assert [one["reasons"] for one in world.call("POST", "/duplicates/check", by_paper).get_json()["items"]] == [["document"]]
    nobody = {"person": {"given_name": "Pedro", "family_name": "Páramo", "estimated_age": 40}}
    assert world.call("POST", "/duplicates/check", nobody).get_json() == {"items": [], "total": 0}
    assert world.call("POST", "/duplicates/check", returned_woman()).status_code == 200


def test_a_draft_is_kept_until_it_is_deleted(world: World):
    assert world.call("PUT", "/drafts/d1", {"content": {"person": {"given_name": "Ana"}}}).status_code == 201
    assert world.call("PUT", "/drafts/d1", {"content": {"person": {"given_name": "Eva"}}}).status_code == 200
    assert world.call("GET", "/drafts/d1").get_json()["content"] == {"person": {"given_name": "Eva"}}
    listed = world.call("GET", "/drafts").get_json()
    assert ([one["id"] for one in listed["items"]], listed["total"]) == (["d1"], 1)
    assert "content" not in listed["items"][0]
    assert world.call("GET", "/drafts/d1", by=STRANGER).status_code == 404
    assert world.call("DELETE", "/drafts/d1").status_code == 204
    assert world.call("GET", "/drafts/d1").status_code == 404
    assert world.call("DELETE", "/drafts/d1").status_code == 404


def test_a_visit_is_counted_without_anybodys_identity(world: World):
    body = {"topics": ["documents", "fundamental_rights"], "sex": "female", "age_band": "18-24"}
    assert world.call("POST", "/visits", body).status_code == 201
    ((kind, event),) = world.sends()
    assert (kind, [topic.value for topic in event.topics], event.occurred_on.isoformat()) == (
        "visit.recorded", body["topics"], "2026-11-23",
    )
    assert world.call("POST", "/visits", {"topics": []}).status_code == 422
    assert world.call("POST", "/visits", {"topics": ["documents"], "occurred_on": "2026-11-24"}).status_code == 422
    assert world.call("POST", "/visits", {"topics": ["documents"], "given_name": "Ana"}).status_code == 422


def test_places_are_found_at_all_levels(world: World):
    found = world.call("GET", "/territory?q=conchagua").get_json()["items"]
    assert (found[0]["level"], found[0]["municipality"], found[0]["department"]) == ("district", "La Unión Sur", "SV-UN")
    assert world.call("GET", "/territory?q=").status_code == 422


def test_sync_says_what_waits_and_since_when_the_hub_was_heard(world: World):
    world.registers(returned_woman())
    assert world.call("GET", "/sync").get_json() | {"epoch": ""} == {
        "broker": "down", "outbox": 1, "unreceipted": 0, "last_contact": None, "directory_version": None, "epoch": "",
        "forked_since": None, "compared_at": None, "hub_agrees": None,
    }
    world.sends()
    assert world.call("GET", "/sync").get_json()["unreceipted"] == 1
    world.hub_receipts()
    sync = world.call("GET", "/sync").get_json()
    assert (sync["outbox"], sync["unreceipted"]) == (0, 0)
    assert sync["last_contact"] is not None


def test_nothing_of_a_person_lies_on_disk_or_in_the_log_in_clear(world: World, capfd: pytest.CaptureFixture[str]):
    case = world.registers(returned_woman(), Idempotency_Key="k")
    world.call("PUT", f"/drafts/{PLANTED['family_name']}", {"content": returned_woman()})
    world.call("GET", f"/cases?q={PLANTED['given_name']}")
    world.sends()
    refused = world.call("POST", "/cases", {**returned_woman(), "occurred_on": "2027-01-01"})
    assert refused.status_code == 422
    world.call("POST", f"/cases/{case['id']}/close", {"reason": "other", "text": PLANTED["narrative"]})
    logged = "".join(capfd.readouterr())
    files = b"".join(path.read_bytes() for path in Path(world.folder).rglob("*") if path.is_file())
    for planted in PLANTED.values():
        assert planted.encode() not in files
        assert planted.encode("utf-16-le") not in files
        assert planted not in logged


def test_every_audit_row_names_fields_and_no_values(world: World):
    world.registers(returned_woman())
    world.finds("xiomara")
    with world.window.database.read() as connection:
        rows = connection.execute(select(world.window.tables.audit.c.fields)).scalars().all()
    assert rows == ["consent needs person", "needs person.name"]
