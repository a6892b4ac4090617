"""What an attacker types into every call: fields that are not theirs to set, and text that wants to be a command."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from werkzeug.test import Client, TestResponse

from tests.cast import returned_woman
from tests.integration.intake.world import STAFF, World
from tests.rights.houses import HOUSES, House
from tests.rights.test_walk import table

PROTECTED = (
    "id", "node", "window", "version", "epoch", "sequence", "code", "state", "delivery", "status", "urgency", "institution", "role", "user", "username",
    "created_at", "created_by", "registered_at", "by", "approved_by", "supervisor", "blocked", "blocks", "blocked_institutions", "reasons", "referrals",
    "decision", "allowed_actions", "history", "receipt", "sealed", "person_id", "case_id", "password_hash", "tokens", "active", "is_admin", "__class__",
)
LOOKS_ONLY = {"/duplicates/check"}
"""Changes nothing, and takes a form with all that it holds."""
WRITTEN_AS_READ = {
    "/services/{id}": {"id", "version", "institution", "places.0.location.version", "places.0.location.institution"},
    "/trainings/{training_id}": {"institution"},
}
"""A service is taken back as it was read: these are passed over, and set by the hub. A training's is whose people were taught."""
SPEAKS_JSON = ("application/json", "application/merge-patch+json")
EVIL = (
    "' OR 1=1 --", "Robert'); DROP TABLE cases;--", "{{ 7*7 }}{% include 'ui/page.html' %}", "${7*7}%(x)s{0.__class__}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>", '=HYPERLINK("http://x")', "\u202etxt.exe", "../../../../etc/passwd",
)


@pytest.fixture(params=HOUSES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    opened = HOUSES[request.param](tmp_path)
    yield opened
    opened.close()


def test_no_body_sets_what_is_not_its_callers_to_set(house: House) -> None:
    document = Client(house.site, TestResponse).get("/api/openapi.json").get_json()
    tried = 0
    for path, method, schema, kind in bodies(document):
        user, whose = somebody_allowed(house, method, path)
        short = path.removeprefix("/api/v1")
        if user is None or short in LOOKS_ONLY:
            continue
        body, planted = laden(schema, document, at="")
        answer = asked(house, method, path, whose, user, body, kind)
        assert answer.status_code == 422, (method, path, answer.text[:300])
        errors = answer.get_json()["errors"]
        missed = [name for name in planted if name not in errors and name not in WRITTEN_AS_READ.get(short, ())]
        assert missed == [], (method, path, missed)
        tried += len(planted)
    assert tried > 60


def bodies(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any], str]]:
    for path, item in document["paths"].items():
        for method in ("post", "put", "patch"):
            content = item.get(method, {}).get("requestBody", {}).get("content", {})
            for kind in SPEAKS_JSON:
                if kind in content:
                    yield path, method.upper(), content[kind]["schema"], kind


def laden(schema: Mapping[str, Any], document: Mapping[str, Any], *, at: str, deep: int = 0) -> tuple[dict[str, Any], list[str]]:
    """An object with every protected field that its schema does not have, at each level; and the dotted names of these."""
    known = resolved(schema, document).get("properties", {})
    body: dict[str, Any] = dict.fromkeys((name for name in PROTECTED if name not in known), "forged")
    planted = [f"{at}{name}" for name in body]
    for name, inner in known.items():
        whole = resolved(inner, document)
        if deep < 3 and whole.get("properties"):
            body[name], below = laden(whole, document, at=f"{at}{name}.", deep=deep + 1)
            planted += below
        elif deep < 3 and whole.get("type") == "array" and resolved(whole["items"], document).get("properties"):
            one, below = laden(whole["items"], document, at=f"{at}{name}.0.", deep=deep + 1)
            body[name] = [one]
            planted += below
    return body, planted


def resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    for part in schema.get("anyOf", schema.get("oneOf", ())):
        if "$ref" in part or part.get("type") in {"object", "array"}:
            return resolved(part, document)
    if "$ref" in schema:
        return resolved(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    return schema


def somebody_allowed(house: House, method: str, path: str) -> tuple[str | None, str]:
    users, rows = table(house.name)
    full = "/api/v1" + path.removeprefix("/api/v1").replace("{", "<").replace("}", ">")
    for row in rows:
        if (row.method, row.path) == (method, full):
            for user, answer in zip(users, row.answers, strict=True):
                if answer == "yes" and user != "nobody":
                    return user, row.whose
    return None, ""


def asked(house: House, method: str, path: str, whose: str, user: str, body: object, kind: str) -> TestResponse:
    address = "/api/v1" + path.removeprefix("/api/v1")
    for name, value in house.named.get(whose, {}).items():
        address = address.replace(f"{{{name}}}", value)
    headers = {"Authorization": f"Bearer {house.tokens[user]}", "If-Match": '"1"'}
    return Client(house.site, TestResponse).open(address, method=method, data=json.dumps(body), content_type=kind, headers=headers)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.hub_publishes()
    yield made
    made.close()


@pytest.mark.parametrize("text", EVIL)
def test_what_wants_to_be_a_command_is_kept_and_given_back_as_text(world: World, text: str) -> None:
    case = returned_woman(notes=text)
    case["person"] |= {"given_name": text, "family_name": f"Peña {text}", "known_as": text}
    case["needs"] = [{"code": "documentation", "note": text}]
    answer = world.call("POST", "/cases", case)
    if answer.status_code == 422:  # a name may be refused as none; then it is said of the field, and never carried out
        assert set(answer.get_json()["errors"]) <= {"person.given_name", "person.family_name", "person.known_as"}
        del case["person"]["known_as"]
        case["person"] |= {"given_name": "Ana", "family_name": "Peña"}
        answer = world.call("POST", "/cases", case)
    assert answer.status_code == 201, answer.text
    seen = world.sees(answer.get_json()["id"])
    assert seen["notes"] == text
    assert seen["needs"][0]["note"] == text
    assert "49" not in seen["person"]["given_name"]
    person = world.person()
    person.signs_in(STAFF)
    case_id = seen["id"]
    for path in (f"/casos/{case_id}", f"/casos/{case_id}/corregir"):
        page = person.visits(path)
        assert page.status_code == 200, path
        assert str(escape(text)) in page.text, path
        assert "<script>alert" not in page.text, path
        assert "<img" not in page.text, path


@pytest.mark.parametrize("text", EVIL)
def test_a_search_for_a_command_finds_nobody_who_is_not_called_so(world: World, text: str) -> None:
    world.registers(returned_woman())
    assert world.finds(text) == []
    assert world.outbox_count() > 0
