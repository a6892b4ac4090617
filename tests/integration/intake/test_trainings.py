"""Training sessions at a window: written down, attended, closed; the hub is told numbers, names stay with consent."""

from typing import Any

import pytest
from sqlalchemy import select

from services.intake.store.rebuild import Rebuilder
from shared.spoken import parse_code
from tests.integration.intake.world import OFFICER, STRANGER, SUPERVISOR, World

SESSION = {
    "held_on": "2026-11-20", "place": "Centro Escolar de Prueba", "audience": "schools",
    "topics": ["rights_of_migrants", "municipal_services"], "trainers": ["Delegada de Prueba"], "institution": "MINED",
}
LIST = [
    {"name": "Beatriz Inventada", "institution": "Centro Escolar", "sex": "female", "consent": True},
    {"name": "Carlos Ficticio", "institution": "Centro Escolar", "sex": "male", "consent": False},
    {"name": "Diana Deprueba", "sex": "female", "consent": True, "attended": False},
    {"sex": "other"},
]


def records(world: World, **changes: Any) -> dict[str, Any]:
    answer = world.call("POST", "/trainings", SESSION | changes)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def attends(world: World, training: dict[str, Any], body: object, **headers: str):
    return world.call("POST", f"/trainings/{training['id']}/attendance", body, **headers)


def closes(world: World, training: dict[str, Any]):
    return world.call("POST", f"/trainings/{training['id']}/close", {})


def told(world: World) -> list[Any]:
    return [event for kind, event in world.sends() if kind == "training.recorded"]


def test_a_session_in_numbers_is_told_to_the_hub_when_it_is_closed(world: World):
    training = records(world)
    assert attends(world, training, {"counts": {"women": 12, "men": 9, "others": 1}}).status_code == 200
    assert told(world) == []
    closed = closes(world, training).get_json()
    assert (closed["numbers"], closed["closed_at"] is not None) == ({"women": 12, "men": 9, "others": 1}, True)
    (event,) = told(world)
    assert (event.training_id, event.women, event.men, event.others) == (training["id"], 12, 9, 1)
    assert ([topic.value for topic in event.topics], event.version) == (SESSION["topics"], 3)


def test_a_list_keeps_a_name_only_with_its_persons_consent(world: World):
    training = records(world)
    people = attends(world, training, {"participants": LIST}).get_json()["participants"]
    assert [one["name"] for one in people] == ["Beatriz Inventada", None, "Diana Deprueba", None]
    assert [one["institution"] for one in people] == ["Centro Escolar", "", "", ""]
    assert closes(world, training).get_json()["numbers"] == {"women": 1, "men": 1, "others": 1}
    (event,) = told(world)
    assert (event.women, event.men, event.others) == (1, 1, 1)


def test_no_name_and_no_place_stands_in_clear_in_the_windows_database(world: World):
    training = records(world)
    attends(world, training, {"participants": LIST})
    data = b"".join(path.read_bytes() for path in world.folder.glob("window.sqlite*"))
    for word in ("Beatriz", "Carlos", "Diana", "Centro Escolar", "Delegada"):
        assert word.encode() not in data


def test_a_certificate_is_for_whoever_attended_and_may_be_named_and_its_code_stays(world: World):
    training = records(world)
    people = attends(world, training, {"participants": LIST}).get_json()["participants"]
    path = f"/trainings/{training['id']}/certificates"
    assert world.call("GET", path).get_json() == {"items": [], "total": 0}
    closes(world, training)
    (certificate,) = world.call("GET", path).get_json()["items"]
    assert (certificate["name"], certificate["held_on"], certificate["place"]) == ("Beatriz Inventada", "2026-11-20", SESSION["place"])
    assert parse_code(certificate["code"]) == certificate["code"] == people[0]["certificate"]

    again = [{**LIST[0], "id": people[0]["id"]}, {**LIST[2], "id": people[2]["id"], "attended": True}]
    attends(world, training, {"participants": again})
    codes = {one["name"]: one["code"] for one in world.call("GET", path).get_json()["items"]}
    assert codes["Beatriz Inventada"] == certificate["code"]
    assert set(codes) == {"Beatriz Inventada", "Diana Deprueba"}


def test_a_correction_after_closing_is_told_again_with_a_higher_version(world: World):
    training = records(world)
    attends(world, training, {"counts": {"women": 1, "men": 1}})
    closes(world, training)
    attends(world, training, {"counts": {"women": 2, "men": 1}})
    changed = world.call("PATCH", f"/trainings/{training['id']}", {"audience": "government"}, If_Match='"4"')
    assert changed.get_json()["audience"] == "government"
    assert closes(world, training).get_json()["version"] == 5
    assert [(one.version, one.women, one.audience.value) for one in told(world)] == [
        (3, 1, "schools"), (4, 2, "schools"), (5, 2, "government"),
    ]


def test_a_name_is_taken_off_and_its_person_still_counts(world: World):
    training = records(world)
    people = attends(world, training, {"participants": LIST}).get_json()["participants"]
    closes(world, training)
    path = f"/trainings/{training['id']}/participants/{people[0]['id']}"
    answer = world.call("DELETE", path).get_json()
    assert (answer["participants"][0]["name"], answer["participants"][0]["certificate"]) == (None, None)
    assert answer["numbers"] == {"women": 1, "men": 1, "others": 1}
    assert world.call("GET", f"/trainings/{training['id']}/certificates").get_json()["total"] == 0
    assert world.call("DELETE", f"/trainings/{training['id']}/participants/nobody").status_code == 404


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["audience", "held_on", "place", "topics"]),
        (SESSION | {"topics": []}, ["topics"]),
        (SESSION | {"audience": "army", "place": " "}, ["audience", "place"]),
        (SESSION | {"held_on": "yesterday", "colour": "blue"}, ["colour", "held_on"]),
    ],
)
def test_every_bad_field_of_a_session_is_named(world: World, body: dict[str, Any], fields: list[str]):
    answer = world.call("POST", "/trainings", body)
    assert (answer.status_code, sorted(answer.get_json()["errors"])) == (422, fields)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "counts"),
        ({"counts": {"women": 1, "men": 1}, "participants": LIST}, "counts"),
        ({"counts": {"women": -1, "men": 1}}, "counts.women"),
        ({"counts": {"women": "5", "men": 1}}, "counts.women"),
        ({"participants": []}, "participants"),
        ({"participants": [{"sex": "female", "consent": True}]}, "participants.0.name"),
        ({"participants": [{"name": "Sin sexo"}]}, "participants.0.sex"),
        ({"participants": [{"sex": "male", "id": "0198c0de-0000-7000-8000-000000000001"}]}, "participants.0.id"),
    ],
)
def test_every_bad_field_of_an_attendance_is_named_and_nothing_is_kept(world: World, body: dict[str, Any], field: str):
    training = records(world)
    answer = attends(world, training, body)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
    assert world.call("GET", f"/trainings/{training['id']}").get_json()["version"] == 1


def test_a_session_is_not_closed_before_it_is_held_or_without_anybody_counted(world: World):
    training = records(world, held_on="2026-12-01")
    assert sorted(closes(world, training).get_json()["errors"]) == ["attendance", "held_on"]
    attends(world, training, {"counts": {"women": 0, "men": 0}})
    assert list(closes(world, training).get_json()["errors"]) == ["held_on"]


def test_what_somebody_changed_meanwhile_is_not_overwritten(world: World):
    training = records(world)
    path = f"/trainings/{training['id']}"
    assert world.call("PATCH", path, {"place": "Otro"}).status_code == 428
    assert world.call("PATCH", path, {"place": "Otro"}, If_Match='"1"').headers["ETag"] == '"2"'
    assert world.call("PATCH", path, {"place": "Tercero"}, If_Match='"1"').status_code == 412
    assert world.call("PATCH", path, {"place": None}, If_Match='"2"').status_code == 422
    assert attends(world, training, {"counts": {"women": 1, "men": 0}}, If_Match='"1"').status_code == 412


def test_the_same_key_records_once_and_the_list_is_narrowed(world: World):
    first = world.call("POST", "/trainings", SESSION, Idempotency_Key="k").get_json()
    assert world.call("POST", "/trainings", SESSION, Idempotency_Key="k").get_json()["id"] == first["id"]
    second = records(world, held_on="2026-11-22", audience="government", topics=["municipal_services"])
    everything = world.call("GET", "/trainings").get_json()
    assert ([one["id"] for one in everything["items"]], everything["total"]) == ([second["id"], first["id"]], 2)
    assert "participants" not in everything["items"][0]
    for query, expected in (
        ("from=2026-11-21", [second]), ("to=2026-11-21", [first]), ("audience=schools", [first]),
        ("topic=rights_of_migrants", [first]), ("topic=municipal_services&page_size=1", [second]),
    ):
        found = world.call("GET", f"/trainings?{query}").get_json()["items"]
        assert [one["id"] for one in found] == [one["id"] for one in expected], query


def test_only_the_windows_own_people_see_a_session_and_reading_names_is_noted(world: World):
    training = records(world)
    for act in ("", "/certificates"):
        path = f"/trainings/{training['id']}{act}"
        assert world.call("GET", path, by=STRANGER).status_code == 404
        assert world.call("GET", path, by=OFFICER).status_code == 404
        assert world.call("GET", path, by=SUPERVISOR).status_code == 200
    audit = world.window.tables.audit
    with world.window.database.read() as connection:
        acts = connection.execute(select(audit.c.act).where(audit.c.object_id == training["id"])).scalars().all()
    assert acts == ["training.record", "training.read", "training.certificates"]


def test_a_hub_that_forgot_is_told_the_present_numbers(world: World):
    training = records(world)
    rebuild = Rebuilder(world.window.tables, world.window.vault)

    def again():
        with world.window.database.read() as connection:
            return rebuild(connection, "training.recorded", training["id"])

    assert again() is None
    attends(world, training, {"counts": {"women": 3, "men": 0}})
    closes(world, training)
    assert (again().event.women, again().version) == (3, 3)
