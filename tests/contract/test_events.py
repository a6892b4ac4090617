"""Every event is written as its example says, read back the same, and described by the documents in docs/contracts."""

import contextlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import jsonschema
import orjson
import pytest

from shared.contracts.asyncapi import documents
from shared.contracts.registry import EVENTS, read, wire
from shared.errors import Unreadable
from shared.routing.loading import directory_from_wire
from tests.contract.examples import EXAMPLES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "shared/contracts/examples"
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER


def _example(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _wire(event: object) -> dict:
    return json.loads(orjson.dumps(wire(event)[2]))


def test_every_event_has_an_example_and_no_example_is_left_over():
    expected = {f"{name}.v{version}" for name, version in EVENTS}
    assert expected == set(EXAMPLES) == {path.name.removesuffix(".json") for path in FOLDER.glob("*.json")}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_producer_writes_the_example(name):
    assert _wire(EXAMPLES[name]) == _example(name)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_consumer_reads_the_example_with_fields_it_does_not_know(name):
    kind, _, version = name.rpartition(".v")
    assert read(kind, int(version), {**_example(name), "from_the_future": {"deep": 1}}) == EXAMPLES[name]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid_against_its_published_schema(name):
    schema = json.loads((ROOT / f"docs/contracts/schemas/{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=FORMATS).validate(_example(name))


@pytest.mark.parametrize("name", [name for name, event in EXAMPLES.items() if name != "resync.requested.v1"])
def test_a_missing_required_field_is_named_and_its_value_never_shown(name):
    kind, _, version = name.rpartition(".v")
    with pytest.raises(Unreadable) as refused:
        read(kind, int(version), {})
    assert kind in str(refused.value)


def test_an_unknown_field_deep_inside_a_case_is_ignored():
    data = _example("case.registered.v1")
    data["details"]["person"]["tattoo"] = "x"
    data["details"]["needs"][2]["about"]["last_seen"]["new"] = 1
    assert read("case.registered", 1, data) == EXAMPLES["case.registered.v1"]


def test_the_committed_documents_are_what_the_schemas_say_now():
    for name, document in documents().items():
        assert json.loads((ROOT / "docs/contracts" / name).read_text(encoding="utf-8")) == document, (
            f"make contracts ({name})"
        )


def test_the_asyncapi_document_is_valid_against_the_official_schema():
    schema = json.loads((ROOT / "tests/data/schemas/asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    document = json.loads((ROOT / "docs/contracts/asyncapi.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(document)


def test_the_example_of_a_directory_is_one_that_a_window_takes():
    told = _example("directory.published.v1")["directory"]
    told["institutions"].append({**told["institutions"][0], "id": "coordinacion-sv", "kind": "coordination"})
    directory = directory_from_wire(told)
    assert directory.service("pddh-denuncias").assured_until == date(2027, 5, 31)
    assert [one.need for one in directory.full] == ["rights_violation"]


def _spoilt(value: object) -> Iterator[object]:
    """The value with one thing wrong somewhere in it: a field is not there, or is of another kind."""
    yield from (None, "x" * 5000, -1, True, [], {}, [None], {"": {}})
    if isinstance(value, dict):
        for name, below in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: spoilt} for spoilt in _spoilt(below))
    if isinstance(value, list):
        for place, below in enumerate(value):
            yield from ([*value[:place], spoilt, *value[place + 1 :]] for spoilt in _spoilt(below))


@pytest.mark.parametrize("name", EXAMPLES)
def test_whatever_is_wrong_with_an_event_is_said_and_stops_no_consumer(name):
    kind, _, version = name.rpartition(".v")
    for data in _spoilt(_example(name)):
        if isinstance(data, dict):
            with contextlib.suppress(Unreadable):
                read(kind, int(version), data)
