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


SECRETS = {
    "Authorization": "Bearer vtn_" + "a" * 43,
    "Cookie": "ventanilla-sv-hub-8200=geheimnis-der-sitzung; idioma=es",
    "Set-Cookie": "ventanilla-sv-hub-8200=geheimnis-der-sitzung; HttpOnly",
    "Proxy-Authorization": "Basic Z2VoZWltbmlz",
    "X-CSRFToken": "geheimnis-des-formulars",
    "Idempotency-Key": "geheimnis-der-anfrage",
    "X-Forwarded-For": "203.0.113.77",
    "Referer": "https://hub.example/entrar?next=/casos/geheimnis",
    "signature": "geheimnis-der-unterschrift",
}


def parts_of(secret):
    return [part for part in secret.replace(";", " ").replace("=", " ").split() if len(part) > 12 or "geheimnis" in part]


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
@pytest.mark.parametrize("header", SECRETS)
def test_no_header_that_bears_a_secret_reaches_a_line_under_any_name_at_any_level(header, level):
    stream = io.StringIO()
    configure(level="DEBUG", stream=stream)
    log = structlog.get_logger("shared.sample")
    getattr(log, level)("x", **{header: SECRETS[header]})
    getattr(log, level)("x", headers={header: SECRETS[header]}, inner={"sent": [{header.lower(): SECRETS[header]}]})
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()
    assert stream.getvalue().count("\n") == 2
    for part in parts_of(SECRETS[header]):
        assert part not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/cases?q=Guadalupe&page=2 HTTP/1.1", "https://hub.example/entrar?next=/x&password=Guadalupe",
        "amqp://w.sv.la-union:Guadalupe@rabbitmq:5672/", "postgresql+psycopg2://ventanilla:Guadalupe@db/referrals",
        "Authorization: Bearer Guadalupe-token", "used vtn_Guadalupe_1234", "$argon2id$v=19$m=19456,t=2,p=1$Guadalupe$x",
        "ventanilla-sv-hub-8200=Guadalupe; Path=/",
    ],
)
def test_a_secret_inside_a_text_is_taken_out_also_where_a_library_says_it(lines, text):
    structlog.get_logger("shared.sample").error(text, where=text, many=[text], inner={"deep": [text]})
    logging.getLogger("some.library").warning("failed: %s", text)
    logging.getLogger("some.library").warning(f"failed at {text}")  # noqa: G004 - as some libraries do
    assert len(lines()) == 3
    assert "Guadalupe" not in json.dumps(lines(), ensure_ascii=False)


def test_a_library_that_logs_an_exception_as_a_part_of_its_line_says_its_kind_alone(lines):
    logging.getLogger("some.library").warning("could not take %s: %r", 7, ValueError("María López 01234567-8"))
    (line,) = lines()
    assert line["event"] == "could not take 7: 'ValueError'"


def values_of(value):
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from values_of(getattr(value, field.name))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from values_of(one)
    elif isinstance(value, str) and len(value) > 5:
        yield value


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_no_value_of_a_case_reaches_a_line_however_it_is_logged(level):
    from shared.contracts.case import details_to_json
    from tests.contract.examples import DETAILS

    stream = io.StringIO()
    configure(level="DEBUG", stream=stream)
    log = structlog.get_logger("shared.sample")
    as_json = details_to_json(DETAILS)
    getattr(log, level)("x", case=DETAILS, all=[DETAILS], inner={"one": DETAILS})
    getattr(log, level)("x", **as_json)
    getattr(log, level)("x", told=as_json, body=json.dumps(as_json, default=str))
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()
    free = [*values_of(DETAILS.person), "Le quitaron sus cosas", "Viaja sola", "Blusa roja"]
    assert len(free) > 8
    for value in free:
        assert value not in stream.getvalue()
