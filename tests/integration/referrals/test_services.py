"""The service directory at the hub: searched, written by whose it is, published again; who is full."""

from copy import deepcopy
from typing import Any

import pytest

from shared.contracts.addresses import Address
from shared.contracts.referral_asked import Ask
from shared.contracts.window_heartbeat import WindowHeartbeat
from shared.routing.loading import directory_from_wire
from shared.vocabulary.codes import Need
from tests.integration.referrals.test_by_hand import asks, by_hand
from tests.integration.referrals.world import LA_UNION, World
from tests.unit.routing.given import case

EVERYONE = Address.everyone("sv")
COMPLAINTS = "pddh-denuncias"
CONFIRMED = {"assurance_reason": "Lo confirmó por teléfono."}


def entry(world: World, service_id: str = COMPLAINTS, *, by: str = "manager@pddh") -> dict[str, Any]:
    answer = world.at(by).get(f"/services/{service_id}")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def writes(world: World, document: dict[str, Any], *, by: str = "manager@pddh", service_id: str | None = None, version: int | None = None):
    stamp = document.get("version", 0) if version is None else version
    return world.at(by).put(f"/services/{service_id or document['id']}", document, If_Match=f'"{stamp}"')


def found(world: World, by: str = "officer@pddh", **query: Any) -> list[str]:
    answer = world.at(by).get("/services", **query)
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def published(world: World) -> list[Any]:
    return [one.event for one in world.said(to=EVERYONE)]


def test_services_are_found_by_need_place_and_words_with_what_they_are_worth(world: World) -> None:
    assert found(world, need="documentation", municipality="conchagua") == ["alcaldia-la-union-registro", "rree-documentos"]
    assert found(world, q="refujio", by="auditor@sv") == ["pddh-proteccion-internacional", "igm-refugio", "comar-refugio"]
    page = world.at("officer@pddh").get("/services", page_size=1).json
    assert (len(page["items"]), page["items"][0]["assurance"], page["directory_version"]) == (1, "to_confirm", world.hub.country.published)
    assert "page=2" in page["next"]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"municipality": "Atlántida"}, "municipality", "No hay un municipio"),
        ({"municipality": "San Lorenzo"}, "municipality", "Añada department"),
        ({"department": "SV-XX"}, "department", "No es un departamento"),
        ({"need": "money"}, "need", ""),
        ({"age": "old"}, "age", ""),
        ({"open_at": "today"}, "open_at", ""),
        ({"colour": "blue"}, "colour", ""),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(world: World, query: dict[str, str], field: str, words: str) -> None:
    answer = world.at("officer@pddh").get("/services", **query)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert words in answer.json["errors"][field][0]


def test_a_department_decides_between_places_of_one_name(world: World) -> None:
    assert "pddh-denuncias" in found(world, municipality="San Lorenzo", department="SV-AH")


def test_a_manager_writes_an_entry_and_stands_by_it(world: World) -> None:
    document = entry(world)
    document["places"][1]["location"]["phones"] = ["+50326040000"]
    document |= {"assured_until": "2027-05-31", "application": {"es": "Sin cita.", "en": "No appointment."}}
    answer = writes(world, document)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    kept = entry(world, by="officer@rree")
    assert (kept["assurance"], kept["assured_date"], kept["application"]["en"]) == ("current", "2026-11-23", "No appointment.")
    shared = entry(world, "pddh-asesoria")["places"][1]["location"]
    assert (shared["phones"], shared["version"]) == (["+50326040000"], 2)

    told = published(world)[-1]
    assert told.version == f"{world.hub.country.published}+2"
    assert directory_from_wire(told.directory).service(COMPLAINTS).version == 2


def test_the_same_again_changes_nothing_and_an_old_version_is_refused(world: World) -> None:
    world.hub.publish()
    document = entry(world)
    assert writes(world, document).json["version"] == 1
    assert [event.version for event in published(world)] == [world.hub.country.published]
    assert writes(world, document | {"fees": None}).json["version"] == 2
    late = writes(world, document | {"fees": {"es": "Gratis", "en": "Free"}})
    assert (late.status_code, late.json["code"]) == (412, "stale")
    missing = world.at("manager@pddh").put(f"/services/{COMPLAINTS}", document)
    assert (missing.status_code, missing.json["code"]) == (428, "precondition_required")


def test_only_its_manager_and_the_coordinator_write_an_entry(world: World) -> None:
    document = entry(world)
    changed = document | {"fees": None}
    for stranger, status in (("officer@pddh", 403), ("manager@rree", 403), ("auditor@sv", 403), ("staff@la-union", 403)):
        assert writes(world, changed, by=stranger).status_code == status, stranger
    assert writes(world, changed, by="coordinator@sv").status_code == 200
    foreign = entry(world, "comar-refugio")
    assert writes(world, foreign | {"fees": None}, by="coordinator@sv").status_code == 404


def test_a_new_entry_is_written_over_version_0_under_its_institutions_name(world: World) -> None:
    document = deepcopy(entry(world))
    assert writes(world, document, service_id="pddh-taller", version=1).status_code == 412
    answer = writes(world, document, service_id="pddh-taller", version=0)
    assert (answer.status_code, answer.json["version"], answer.json["id"]) == (200, 1, "pddh-taller")
    assert "pddh-taller" in found(world, need="rights_violation")
    assert writes(world, document, service_id="rree-taller", version=0).status_code == 403
    assert writes(world, document, service_id="nadie-taller", version=0).status_code == 404


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (lambda d: d.update(assured_until="2026-11-22"), ["assured_until"]),
        (lambda d: d.update(assured_until="2028-11-22"), ["assured_until"]),
        (lambda d: d.update(full={"protection": "2026-11-01T00:00:00Z"}), ["full.protection"]),
        (lambda d: d.update(full={"shelter": "2026-11-30T00:00:00Z"}), ["full.shelter"]),
        (lambda d: d.update(areas=["La Unión Sur", "Atlántida"]), ["areas.1"]),
        (lambda d: d.update(name={"es": ""}), ["name.es", "name.en"]),
        (lambda d: d.update(needs=[]), ["needs"]),
        (lambda d: d.update(colour="blue"), ["colour"]),
        (lambda d: d["places"][0]["location"].update(id="rree-central"), ["places.0.location"]),
        (lambda d: d["places"][0]["location"].update(municipality="Conchagua"), ["places.0.location"]),
        (lambda d: d["places"][0]["location"].update(phones=["1"]), ["places.0.location.phones.0"]),
        (lambda d: d["places"][0]["schedules"][0].update(opens_at="25:00"), ["places.0.schedules.0.opens_at"]),
    ],
)
def test_every_bad_field_of_an_entry_is_named_and_nothing_is_kept(world: World, change: Any, fields: list[str]) -> None:
    document = entry(world)
    change(document)
    answer = writes(world, document)
    assert (answer.status_code, sorted(answer.json["errors"])) == (422, sorted(fields))
    assert (entry(world)["version"], published(world)) == (1, [])


def test_a_mayors_office_cannot_write_the_places_of_one_whose_name_begins_alike(world: World) -> None:
    document = entry(world, "alcaldia-la-union-registro")
    document["places"][0]["location"] |= {"id": "alcaldia-la-union-norte-oficina", "address": "Aquí"}
    answer = writes(world, document, by="manager@alcaldia-la-union")
    assert list(answer.json["errors"]) == ["places.0.location"]


def test_a_rejection_for_no_room_marks_the_service_for_a_week_whatever_else_is_written(world: World) -> None:
    world.registers(case("shelter", "health"))
    referral = world.referral_at("alcaldia-la-union")
    world.at("officer@alcaldia-la-union").acts(referral["id"], "receive", "reject")

    support = entry(world, "alcaldia-la-union-apoyo")
    assert (set(support["full"]), support["full_until"]) == ({"shelter", "health"}, None)
    (told,) = published(world)
    assert {(one.institution, one.need) for one in directory_from_wire(told.directory).full} == {
        ("alcaldia-la-union", Need.SHELTER), ("alcaldia-la-union", Need.HEALTH),
    }
    kept = writes(world, support | {"fees": None}, by="manager@alcaldia-la-union")
    assert (kept.status_code, kept.json["full"]) == (200, support["full"])
    world.clock.forward(days=7)
    assert entry(world, "alcaldia-la-union-apoyo")["full"] == {}


def test_another_reason_for_rejecting_marks_nobody(world: World) -> None:
    world.registers(case("shelter"))
    referral = world.referral_at("alcaldia-la-union")
    officer = world.at("officer@alcaldia-la-union")
    officer.acts(referral["id"], "receive")
    assert officer.act(referral["id"], "reject", {"reason": "outside-area", "text": "Vive en otro municipio."}).status_code == 200
    assert (entry(world, "alcaldia-la-union-apoyo")["full"], published(world)) == ({}, [])


def test_the_next_case_goes_where_there_is_room_and_is_told_why(world: World) -> None:
    north = entry(world, "alcaldia-la-union-norte-apoyo", by="coordinator@sv")
    assert writes(world, north | {"areas": ["SV-UN"]}, by="coordinator@sv").status_code == 200
    support = entry(world, "alcaldia-la-union-apoyo", by="coordinator@sv")
    assert writes(world, support | {"full": {"shelter": "2026-11-30T00:00:00Z"}}, by="coordinator@sv").status_code == 200

    preview = world.at("coordinator@sv").post("/routing/preview", {
        "person": {"sex": "female", "nationality": "SV", "estimated_age": 30}, "situation": "returnee",
        "needs": [{"code": "shelter"}], "consent": {"status": "granted"},
    }).json
    assert [(one["institution"], one["assurance"]) for one in preview["referrals"]] == [("alcaldia-la-union-norte", "to_confirm")]
    assert "full_elsewhere" in {note["code"] for note in preview["notes"]}

    told = world.registers(case("shelter"))
    assert world.desk("alcaldia-la-union") == []
    notes = world.said(to=LA_UNION, kind="case.routed")[-1].event.notes
    assert [(note.code, note.institution) for note in notes] == [("full_elsewhere", "alcaldia-la-union")]

    south = entry(world, "alcaldia-la-union-apoyo", by="coordinator@sv")
    assert writes(world, south | {"full": {}}, by="coordinator@sv").json["full"] == {}
    world.updates(told, details=case("shelter", "education"))
    by_status = {one["institution"]: one["status"] for one in world.at("coordinator@sv").get("/referrals").json["items"]}
    assert by_status == {"alcaldia-la-union-norte": "requested", "alcaldia-la-union": "requested"}
    (stays,) = world.at("coordinator@sv").get("/referrals", need="shelter").json["items"]
    assert stays["institution"] == "alcaldia-la-union-norte"


def test_whoever_was_given_a_need_keeps_it_when_they_become_full_for_others(world: World) -> None:
    north = entry(world, "alcaldia-la-union-norte-apoyo", by="coordinator@sv")
    writes(world, north | {"areas": ["SV-UN"]}, by="coordinator@sv")
    told = world.registers(case("shelter"))
    world.at("officer@alcaldia-la-union").acts(world.referral_at("alcaldia-la-union")["id"], "receive", "accept")
    support = entry(world, "alcaldia-la-union-apoyo", by="coordinator@sv")
    writes(world, support | {"full": {"shelter": "2026-11-30T00:00:00Z"}}, by="coordinator@sv")
    world.updates(told, details=case("shelter", "legal_aid"))
    kept = {one["status"]: one["needs"] for one in world.desk("alcaldia-la-union")}
    assert kept["accepted"] == ["shelter"]
    assert world.at("coordinator@sv").get("/referrals", institution="alcaldia-la-union-norte").json["total"] == 0


def test_a_window_with_an_older_directory_is_told_the_newest_again(world: World) -> None:
    writes(world, entry(world) | {"fees": None})
    world.hub.publish()
    outbox = world.hub.tables.messaging.outbox
    with world.hub.database.write() as connection:
        connection.execute(outbox.delete().where(outbox.c.destination == EVERYONE.key))
    newest = f"{world.hub.country.published}+1"
    world.tells(WindowHeartbeat(0, None, "e", directory_version=newest), sequenced=False)
    assert published(world) == []
    world.tells(WindowHeartbeat(0, None, "e", directory_version=world.hub.country.published), sequenced=False)
    assert [event.version for event in published(world)] == [newest]


def test_what_was_written_outlives_a_restart(world: World) -> None:
    writes(world, entry(world) | {"fees": None})
    world.hub.close()
    world.hub = world.start()
    assert (entry(world)["version"], entry(world)["fees"]) == (2, None)


def expires(world: World) -> None:
    """The foreign ministry stood by its entry until yesterday."""
    document = entry(world, "rree-documentos", by="manager@rree") | {"needs": ["documentation", "legal_aid"]}
    assert writes(world, document | {"assured_until": "2026-11-30"}, by="manager@rree").status_code == 200
    world.clock.forward(days=8)


def test_a_referral_by_hand_to_an_expired_service_needs_a_reason_that_is_kept(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=("pddh", "rree", "alcaldia-la-union")))
    expires(world)
    coordinator, body = world.at("coordinator@sv"), by_hand(told)
    refused = coordinator.post("/referrals", body)
    assert (refused.status_code, refused.json["code"], list(refused.json["errors"])) == (422, "not_assured", ["assurance_reason"])
    assert coordinator.post("/referrals", body | {"assurance_reason": "  "}).status_code == 422
    assert coordinator.post("/referrals", body | CONFIRMED).status_code == 201
    first = world.updates_to(LA_UNION, "requested")[-1].referral.history[0]
    assert first.text == "Pasaporte\nDato del servicio vencido: Lo confirmó por teléfono."


def test_a_service_that_nobody_stood_by_yet_needs_no_reason_until_somebody_does_and_it_expires(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=("pddh", "rree")))
    plain = {"case_id": told.case_id, "institution": "rree", "needs": ["documentation"]}
    assert world.at("coordinator@sv").post("/referrals", plain).status_code == 201
    expires(world)
    officer = world.at("officer@pddh")
    referral = world.referral_at("pddh")
    officer.acts(referral["id"], "receive")
    answer = officer.act(referral["id"], "forward", {"institution": "rree", "text": "Para ustedes."})
    assert (answer.status_code, answer.json["code"]) == (422, "not_assured")
    assert officer.act(referral["id"], "forward", {"institution": "rree", "text": "Para ustedes.", **CONFIRMED}).status_code == 200


def test_an_institution_that_may_not_have_it_is_refused_before_any_reason_is_asked(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=("pddh",)))
    expires(world)
    answer = world.at("coordinator@sv").post("/referrals", {"case_id": told.case_id, "institution": "rree", "needs": ["documentation"]})
    assert answer.json["code"] == "institution_unavailable"


def test_a_window_that_asks_again_without_a_reason_hears_why_not(world: World) -> None:
    told = world.registers(case("legal_aid", recipients=("pddh", "rree")))
    expires(world)
    referral = world.referral_at("pddh")
    world.at("officer@pddh").acts(referral["id"], "receive", "reject")
    asks(world, told, referral, Ask.RE_REFER, institution="rree")
    (answer,) = world.updates_to(LA_UNION, "ask-refused")
    assert answer.reason == "not_assured"
    asks(world, told, referral, Ask.RE_REFER, institution="rree", **CONFIRMED)
    assert world.referral_at("rree")["replaces"] == referral["id"]
