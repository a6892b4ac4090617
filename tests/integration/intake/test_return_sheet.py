"""The sheet for a voluntary return: guidance first, then the declaration; for a child its best interests."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import returned_woman
from tests.integration.intake.world import STRANGER, World

PAPERS = {"guidance_on": "2026-11-20", "declared_on": "2026-11-21", "method": "signed"}
DECISION = {"decided_by": "Junta de Protección", "on": "2026-11-21", "reference": "JP-1"}


def wants_to_return(**changes: Any) -> dict[str, Any]:
    """Somebody of Honduras, in El Salvador."""
    body = returned_woman(**{"situation": "foreign_national", "needs": [{"code": "voluntary_return"}], "voluntary_return": PAPERS} | changes)
    body["person"] |= {"nationality": "HN", "document": None, "origin": {"country": "HN"}}
    return body


def child(body: dict[str, Any], **consent: Any) -> dict[str, Any]:
    body["person"]["birth_date"] = "2014-05-01"
    body["consent"] |= {"given_by": "authority", **consent}
    return body


def sheet(world: World, body: dict[str, Any]):
    case = world.registers(body)
    return world.call("GET", f"/cases/{case['id']}/voluntary-return-sheet")


def test_the_sheet_has_what_the_iom_office_of_the_country_asks_for(world: World):
    world.hub_publishes()
    answer = sheet(world, wants_to_return(entry_date="2026-11-01", vulnerabilities=["disability", "undocumented"]))
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["iom"]["id"], told["applicant"]["id"]) == ("iom-sv", "rree")
    assert (told["located_in"], told["return_to"], told["age"], told["child"]) == ("SV", "HN", 36, False)
    assert (told["guidance_on"], told["declared_on"], told["method"]) == ("2026-11-20", "2026-11-21", "signed")
    assert (told["priority"], told["fears_return"], told["phone"]) == (["disability"], False, "+50370218846")
    assert "contact" not in told["person"]


def test_the_office_is_that_of_the_country_where_the_person_is(world: World):
    world.hub_publishes()
    assert sheet(world, wants_to_return(located_in="MX")).get_json()["iom"]["id"] == "iom-mx"
    assert sheet(world, wants_to_return(located_in="US")).get_json()["iom"] is None


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"voluntary_return": None}, ["voluntary_return.declared_on", "voluntary_return.guidance_on"]),
        ({"voluntary_return": {"guidance_on": "2026-11-20"}}, ["voluntary_return.declared_on"]),
        ({"voluntary_return": {"declared_on": "2026-11-20"}}, ["voluntary_return.guidance_on"]),
        ({"needs": [{"code": "shelter"}]}, ["needs"]),
        ({"vulnerabilities": ["age_doubtful"]}, ["best_interests"]),
    ],
)
def test_the_sheet_is_refused_with_every_missing_step_by_name(world: World, changes: dict[str, Any], missing: list[str]):
    answer = sheet(world, wants_to_return(**changes))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "papers_missing")
    assert sorted(answer.get_json()["errors"]) == missing


def test_a_child_alone_needs_the_best_interests_decision_and_nothing_else_will_do(world: World):
    alone = child(wants_to_return(vulnerabilities=["unaccompanied_child"]), guardian={"name": "Ana", "relationship": "vecina"})
    assert list(sheet(world, alone).get_json()["errors"]) == ["best_interests"]
    decided = sheet(world, alone | {"best_interests": DECISION}).get_json()
    assert (decided["child"], decided["child_alone"], decided["best_interests"]["reference"]) == (True, True, "JP-1")


def test_a_child_with_its_family_needs_whoever_answers_for_it(world: World):
    assert list(sheet(world, child(wants_to_return())).get_json()["errors"]) == ["consent.guardian"]
    guarded = child(wants_to_return(), given_by="guardian", guardian={"name": "Ana", "relationship": "madre"})
    assert sheet(world, guarded).get_json()["guardian"]["name"] == "Ana"


def test_whoever_fears_to_return_is_not_handed_to_any_ministry(world: World):
    world.hub_publishes()
    told = sheet(world, wants_to_return(vulnerabilities=["fear_of_return"])).get_json()
    assert (told["fears_return"], told["applicant"]) == (True, None)


def test_an_unsafe_telephone_stays_off_the_sheet_and_reading_it_is_noted(world: World):
    body = wants_to_return()
    body["person"]["safe_to_contact"] = False
    case = world.registers(body)
    path = f"/cases/{case['id']}/voluntary-return-sheet"
    assert world.call("GET", path).get_json()["phone"] is None
    assert world.call("GET", path, by=STRANGER).status_code == 404
    audit = world.window.tables.audit
    with world.window.database.read() as connection:
        noted = connection.execute(select(audit.c.object_id).where(audit.c.act == "case.return-sheet")).scalars().all()
    assert noted == [case["id"]]
