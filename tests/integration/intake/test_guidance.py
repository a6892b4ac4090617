"""Guidance at a window: read offline, found by words, and kept by version with whoever was given some."""

from services.intake.store.guidance import guidance
from tests.cast import returned_woman
from tests.integration.intake.world import OFFICER, STRANGER, World


def test_guidance_is_read_without_network_in_either_language(world: World):
    spanish = world.call("GET", "/guidance?topic=voluntary_return").get_json()
    assert (spanish["total"], spanish["items"][0]["language"], spanish["guidance_version"]) == (1, "es", guidance().version)
    text = spanish["items"][0]
    assert text["sections"][1]["heading"] == "Nunca es la única opción"
    assert {"law": "Convención sobre el Estatuto de los Refugiados", "article": "art. 33"} in text["sources"]
    assert (text["reviewed_on"], text["reading_minutes"]) == (None, 2)
    english = world.call("GET", "/guidance?topic=voluntary_return&lang=en").get_json()
    assert english["items"][0]["title"] == "Assisted voluntary return"
    asked = world.call("GET", "/guidance", Accept_Language="en").get_json()
    assert (asked["total"], asked["items"][0]["language"]) == (7, "en")


def test_guidance_is_found_by_words_and_a_topic_that_is_none_is_refused(world: World):
    found = world.call("GET", "/guidance?q=partida nasimiento").get_json()
    assert "documents" in {item["topic"] for item in found["items"]}
    assert world.call("GET", "/guidance?q=submarino").get_json() | {"items": []} == {
        "items": [], "total": 0, "next": None, "guidance_version": guidance().version,
    }
    for query, field in (("topic=love", "topic"), ("lang=fr", "lang"), ("colour=blue", "colour")):
        answer = world.call("GET", f"/guidance?{query}")
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_a_visit_keeps_the_version_of_the_texts(world: World):
    world.hub_publishes()
    assert world.call("POST", "/visits", {"topics": ["documents"]}).status_code == 201
    (visit,) = [event for kind, event in world.sends() if kind == "visit.recorded"]
    assert (visit.guidance_version, visit.directory_version) == (guidance().version, "2026-11")


def test_a_case_keeps_the_version_of_the_texts_and_nobody_can_claim_another(world: World):
    case = world.registers(returned_woman(guidance={"topics": ["documents"], "version": "made up"}))
    expected = {"topics": ["documents"], "version": guidance().version}
    assert world.sees(case["id"])["guidance"] == expected
    (told,) = [event for kind, event in world.sends() if kind == "case.registered"]
    assert told.details.guidance.version == guidance().version
    changed = world.changes(case["id"], {"guidance": {"topics": ["documents", "voluntary_return"]}}, 1)
    assert changed.get_json()["guidance"]["topics"] == ["documents", "voluntary_return"]
    bad = world.call("POST", "/cases", returned_woman(guidance={"topics": []}))
    assert (bad.status_code, list(bad.get_json()["errors"])) == (422, ["guidance.topics"])


def test_guidance_is_for_the_windows_own_people(world: World):
    assert world.call("GET", "/guidance", by=STRANGER).status_code == 404
    assert world.call("GET", "/guidance", by=OFFICER).status_code == 403
