"""The directory as others read it: the names, enumerations and pages of HSDS 3.0.

No package carries the specification's schemas for this Python; what of them concerns us is written down here.
"""

import uuid
from typing import Any

import pytest

from tests.integration.referrals.test_services import entry, writes
from tests.integration.referrals.world import World

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
STATUS = {"active", "inactive", "defunct", "temporarily closed"}
KINDS = {"physical", "postal", "virtual"}

SPECIFICATION: dict[str, tuple[set[str], set[str]]] = {
    "service": (
        {"id", "name", "status"},
        {
            "organization_id", "program_id", "alternate_name", "description", "url", "email", "interpretation_services",
            "application_process", "fees_description", "wait_time", "fees", "accreditations", "eligibility_description",
            "minimum_age", "maximum_age", "assured_date", "assurer_email", "licenses", "alert", "last_modified", "phones",
            "schedules", "service_areas", "service_at_locations", "languages", "organization", "funding", "cost_options",
            "program", "required_documents", "contacts", "attributes", "metadata",
        },
    ),
    "organization": (
        {"id", "name", "description"},
        {
            "alternate_name", "email", "website", "tax_status", "tax_id", "year_incorporated", "legal_status", "logo", "uri",
            "parent_organization_id", "funding", "contacts", "phones", "locations", "programs",
            "organization_identifiers", "attributes", "metadata",
        },
    ),
    "location": (
        {"id", "location_type"},
        {
            "url", "organization_id", "name", "alternate_name", "description", "transportation", "latitude", "longitude",
            "external_identifier", "external_identifier_type", "languages", "addresses", "contacts", "accessibility",
            "phones", "schedules", "attributes", "metadata",
        },
    ),
    "address": (
        {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"},
        {"location_id", "attention", "address_2", "region", "attributes", "metadata"},
    ),
    "service_at_location": (
        {"id"},
        {"service_id", "location_id", "description", "contacts", "phones", "schedules", "location", "service", "attributes", "metadata"},
    ),
    "schedule": (
        {"id"},
        {
            "service_id", "location_id", "service_at_location_id", "valid_from", "valid_to", "dtstart", "timezone", "until",
            "count", "wkst", "freq", "interval", "byday", "byweekno", "bymonthday", "byyearday", "description", "opens_at",
            "closes_at", "schedule_link", "attending_type", "notes", "attributes", "metadata",
        },
    ),
    "language": ({"id"}, {"service_id", "location_id", "phone_id", "name", "code", "note", "attributes", "metadata"}),
    "required_document": ({"id"}, {"service_id", "document", "uri", "attributes", "metadata"}),
    "service_area": ({"id"}, {"service_id", "name", "description", "extent", "extent_type", "uri", "attributes", "metadata"}),
    "phone": ({"id", "number"}, {"location_id", "service_id", "organization_id", "contact_id", "extension", "type", "description", "languages"}),
    "accessibility": ({"id"}, {"location_id", "description", "details", "url", "attributes", "metadata"}),
    "attribute": ({"id"}, {"link_id", "taxonomy_term_id", "link_type", "link_entity", "value", "taxonomy_term", "metadata"}),
    "taxonomy_term": (
        {"id", "name", "description"},
        {"code", "parent_id", "taxonomy", "taxonomy_detail", "language", "taxonomy_id", "term_uri", "metadata"},
    ),
    "taxonomy": ({"id", "name", "description"}, {"uri", "version", "metadata"}),
}
"""By object of the specification: the members that it must have, and those that it may."""

WITHIN = {
    "organization": "organization", "location": "location", "addresses": "address", "schedules": "schedule",
    "service_at_locations": "service_at_location", "languages": "language", "required_documents": "required_document",
    "service_areas": "service_area", "phones": "phone", "accessibility": "accessibility", "attributes": "attribute",
    "taxonomy_term": "taxonomy_term", "service": "service",
}


def faults(kind: str, told: dict[str, Any], path: str = "") -> list[str]:
    """Where an object departs from the specification."""
    must, may = SPECIFICATION[kind]
    found = [f"{path}{name}: missing" for name in must - told.keys()]
    found += [f"{path}{name}: unknown" for name in told.keys() - must - may]
    found += [f"{path}{name}: null" for name, value in told.items() if value is None]
    for name, value in told.items():
        if (name == "id" or name.endswith("_id")) and str(uuid.UUID(value)) != value:
            found.append(f"{path}{name}: no uuid")
        inner = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        for one in inner:
            found += faults(WITHIN[name], one, f"{path}{name}.")
    found += [] if told.get("status", "active") in STATUS else [f"{path}status"]
    found += [] if told.get("location_type", "postal") in KINDS else [f"{path}location_type"]
    found += [] if told.get("address_type", "postal") in KINDS else [f"{path}address_type"]
    found += [] if told.get("freq", "WEEKLY") in {"WEEKLY", "MONTHLY"} else [f"{path}freq"]
    return found


def contents(world: World, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = world.at("officer@pddh").get(path, **query)
    assert answer.status_code == 200, answer.json
    return answer.json["contents"]


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        ("services", {}, "service"),
        ("services", {"full": "true"}, "service"),
        ("organizations", {}, "organization"),
        ("service_at_locations", {}, "service_at_location"),
        ("taxonomies", {}, "taxonomy"),
        ("taxonomy_terms", {}, "taxonomy_term"),
    ],
)
def test_every_object_has_the_members_of_the_specification_and_no_others(
    world: World, path: str, query: dict[str, str], kind: str
) -> None:
    told = contents(world, f"/hsds/{path}", **query)
    assert told
    assert [fault for one in told for fault in faults(kind, one)] == []


def test_a_written_entry_shows_in_the_specifications_words_and_the_rest_in_attributes(world: World) -> None:
    document = entry(world)
    document["places"][1]["location"] |= {"address": "Calle de Prueba 1", "phones": ["132"], "accessibility": {"es": "Rampa", "en": "Ramp"}}
    document |= {"assured_until": "2027-05-31", "full": {"rights_violation": "2026-11-30T00:00:00Z"}, "areas": ["SV-UN"]}
    assert writes(world, document).status_code == 200
    told = world.at("officer@pddh").get("/hsds/services/pddh-denuncias").json
    assert faults("service", told) == []
    assert told == world.at("officer@pddh").get(f"/hsds/services/{told['id']}").json
    assert (told["assured_date"], told["service_areas"][0]["name"]) == ("2026-11-23", "SV-UN")
    place = told["service_at_locations"][1]
    assert place["location"]["addresses"][0]["address_1"] == "Calle de Prueba 1"
    assert (place["location"]["phones"][0]["number"], place["location"]["accessibility"][0]["description"]) == ("132", "Rampa")
    schedule = place["schedules"][0]
    assert (schedule["byday"], schedule["opens_at"], schedule["timezone"]) == (",".join(DAYS[:5]), "08:00", -6)
    ours = {(one["link_type"], one.get("value")) for one in told["attributes"]}
    assert {("assured_until", "2027-05-31"), ("document_not_needed", "No necesita abogado."), ("need", None)} <= ours
    assert ("full_until", "rights_violation 2026-11-30T00:00:00+00:00") in ours
    assert told["status"] == "active"


def test_an_address_that_nobody_told_is_said_to_be_unconfirmed(world: World) -> None:
    told = world.at("officer@pddh").get("/hsds/services/pddh-denuncias").json
    assert {address["address_1"] for at in told["service_at_locations"] for address in at["location"]["addresses"]} == {"por confirmar"}


def test_pages_come_in_the_specifications_envelope(world: World) -> None:
    answer = world.at("officer@pddh").get("/hsds/services", page=2, per_page=5).json
    del answer["contents"]
    assert answer == {
        "total_items": 22, "total_pages": 5, "page_number": 2, "size": 5, "first_page": False, "last_page": False, "empty": False,
    }
    last = world.at("officer@pddh").get("/hsds/services", page=5, per_page=5).json
    assert (last["size"], last["last_page"]) == (2, True)
    beyond = world.at("officer@pddh").get("/hsds/services", page=9, per_page=5).json
    assert (beyond["empty"], beyond["contents"], beyond["last_page"]) == (True, [], True)


def test_services_are_narrowed_by_words_organization_and_need(world: World) -> None:
    (shelter,) = [one for one in contents(world, "/hsds/taxonomy_terms") if one["code"] == "family_tracing"]
    (ministry,) = [one for one in contents(world, "/hsds/organizations") if "Relaciones" in one["name"]]
    assert len(contents(world, "/hsds/services", taxonomy_term_id=shelter["id"])) == 2
    narrowed = contents(world, "/hsds/services", taxonomy_term_id=shelter["id"], organization_id=ministry["id"], search="submarino")
    assert narrowed == []
    (one,) = contents(world, "/hsds/services", taxonomy_term_id=shelter["id"], organization_id=ministry["id"], search="familiares")
    assert one["organization"]["id"] == ministry["id"]


def test_english_is_told_to_whoever_asks_for_it(world: World) -> None:
    client = world.at("officer@pddh")
    told = client.client.get(
        "/api/v1/hsds/services/rree-restos", headers={"Authorization": f"Bearer {client.token}", "Accept-Language": "en"}
    ).json
    assert told["name"] == "Repatriation of remains"


def test_only_the_nodes_own_services_are_published_and_only_to_whoever_signed_in(world: World) -> None:
    assert world.at("officer@pddh").get("/hsds/services/comar-refugio").status_code == 404
    assert world.at("nobody").get("/hsds/services").status_code == 401
    assert world.at("officer@pddh").get("/hsds").json["version"] == "3.0"
