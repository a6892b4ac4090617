"""Logs are one JSON object a line, and nothing in them is about a person."""

import dataclasses
import io
import json
import logging

import pytest
import structlog

from shared.errors import Broken
from shared.observability import logs
from shared.observability.logs import BLANK, CASE_FIELDS, configure, redact
from shared.routing import case
from shared.vocabulary.codes import Sex


@pytest.fixture
def lines():
    stream = io.StringIO()
    configure(level="INFO", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


def fields_of_a_case():
    for value in vars(case).values():
        if isinstance(value, type) and dataclasses.is_dataclass(value):
            yield from (field.name for field in dataclasses.fields(value))


@pytest.mark.parametrize("name", sorted(set(fields_of_a_case())))
def test_every_field_of_a_case_is_blanked_at_any_depth(name):
    told = redact(None, "info", {"event": "x", name: "María", "inner": {name: "María", "kept": 1}, "many": [{name: "María"}]})
    assert told == {"event": "x", name: BLANK, "inner": {name: BLANK, "kept": 1}, "many": [{name: BLANK}]}
    assert name in CASE_FIELDS


@pytest.mark.parametrize("name", ["token", "Authorization", "password", "q", "query", "email", "body", "text", "return"])
def test_words_and_secrets_are_blanked_too(name):
    assert redact(None, "info", {name: "x"}) == {name: BLANK}


def test_an_event_is_one_json_object_with_its_keys(lines):
    structlog.get_logger("shared.sample").info("relay.sent", rows=3, seconds=0.5)
    structlog.get_logger("shared.sample").debug("relay.idle")
    (line,) = lines()
    assert line | {"time": ""} == {"event": "relay.sent", "rows": 3, "seconds": 0.5, "level": "info", "logger": "shared.sample", "time": ""}
    assert line["time"].endswith("Z")


def test_a_value_that_is_a_person_is_named_by_its_kind_alone(lines):
    person = case.Person("María", "López", Sex.FEMALE, "SV")
    structlog.get_logger("services.sample").info("x", who=person, all=[person])
    (line,) = lines()
    assert (line["who"], line["all"]) == ("Person", ["Person"])


def test_an_exception_keeps_its_places_and_loses_its_words(lines):
    try:
        message = "María López 01234567-8"
        raise ValueError(message)
    except ValueError:
        structlog.get_logger("shared.sample").exception("act.failed")
        logging.getLogger("kombu").exception("lost it")
    for line in lines():
        assert line["error"] == "ValueError"
        assert line["places"][0].endswith("test_an_exception_keeps_its_places_and_loses_its_words")
        assert "López" not in json.dumps(line, ensure_ascii=False)


def test_our_own_faults_may_speak(lines):
    structlog.get_logger("shared.sample").error("act.failed", exc_info=Broken("the policy has no act x"))
    assert lines()[0]["said"] == "the policy has no act x"


def test_libraries_are_heard_from_warnings_on_in_the_same_form(lines):
    logging.getLogger("kombu.connection").info("quiet")
    logging.getLogger("kombu.connection").warning("lost %s", "the broker")
    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("lost the broker", "warning", "kombu.connection")


def test_what_is_bound_to_the_context_is_blanked_as_well(lines):
    with structlog.contextvars.bound_contextvars(given_name="María", batch=7):
        structlog.get_logger("shared.sample").info("x")
    assert (lines()[0]["given_name"], lines()[0]["batch"]) == (BLANK, 7)


def test_private_names_are_a_superset_of_a_cases():
    assert CASE_FIELDS < logs.PRIVATE
