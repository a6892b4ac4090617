"""docker-compose.yml is valid, complete, and tells no secret; that its services run is told by the stories."""

import json
from importlib import resources
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft7Validator

from services.console.broker import definitions_of
from shared.config import SECRETS, load_settings
from shared.vocabulary.windows import WINDOWS
from tests.drivers import compose
from tests.drivers.processes import ROOT

EVERYTHING = {
    name: f"value-{name}"
    for name in (
        "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "HUB_PASSWORD", "NOTIFICATIONS_PASSWORD", "LA_UNION_PASSWORD",
        "LA_HACHADURA_PASSWORD", "SMTP_URL",
    )
}


def test_the_file_is_valid_by_the_compose_specification():
    schema = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    mistakes = Draft7Validator(json.loads(schema.read_text())).iter_errors(compose.read(EVERYTHING))
    assert [f"{one.json_path}: {one.message}" for one in mistakes] == []


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_without_a_secret_nothing_starts(name):
    with pytest.raises(compose.Missing, match=name):
        compose.read({**EVERYTHING, name: ""})


def test_the_example_names_every_variable_that_is_demanded():
    lines = (ROOT / "deploy/example.env").read_text().splitlines()
    assert set(EVERYTHING) <= {line.split("=")[0] for line in lines}


def test_every_service_has_a_health_check_or_runs_once():
    for name, service in yaml.safe_load(compose.FILE.read_text())["services"].items():
        assert service.get("restart") == "no" or "healthcheck" in service, name


def test_every_dependency_and_volume_is_declared():
    raw = compose.read(EVERYTHING)
    for name, service in compose.services(EVERYTHING).items():
        assert set(service.needs) <= set(raw["services"]), name
        assert {volume.split("/")[0] for volume in service.volumes.values()} <= set(raw["volumes"]), name


def test_every_window_of_the_country_and_each_kind_of_service_is_there():
    commands = [service.command[:2] for service in compose.services(EVERYTHING).values()]
    assert ("run", "referrals") in commands
    assert ("run", "notifications") in commands
    windows = {service.environment.get("WINDOW") for service in compose.services(EVERYTHING).values()}
    assert set(WINDOWS["sv"]) <= windows


@pytest.mark.parametrize("name", ["la-union", "la-hachadura", "referrals", "notifications"])
def test_the_settings_of_a_service_are_complete(name):
    service = compose.services(EVERYTHING)[name]
    settings = load_settings(ROOT / service.command[-1], service.environment)
    assert settings.topology == "expect"
    assert not settings.embedded


def test_every_service_comes_to_the_broker_by_tls_as_a_user_of_its_own():
    users = {}
    for name in ("la-union", "la-hachadura", "referrals", "notifications"):
        environment = compose.services(EVERYTHING)[name].environment
        users[name] = urlsplit(environment["AMQP_URI"]).username
        assert environment["AMQP_URI"].startswith("amqps://"), name
        assert environment["AMQP_SSL"] == "{ca_certs: /etc/ventanilla/tls/ca.pem}", name
    assert users == {
        "la-union": "w.sv.la-union", "la-hachadura": "w.sv.la-hachadura", "referrals": "sv.hub", "notifications": "sv.notifications",
    }


def test_the_operator_of_the_broker_is_known_to_the_set_up_alone():
    knows = {name for name, one in compose.services(EVERYTHING).items() if "value-RABBITMQ_PASSWORD" in str(one.environment)}
    assert knows == {"topology"}


def test_nothing_but_tls_listens_beyond_its_own_machine():
    lines = (ROOT / "deploy/rabbitmq/rabbitmq.conf").read_text().splitlines()
    told = dict(line.split(" = ") for line in lines if " = " in line and not line.startswith("#"))
    assert told["listeners.tcp.default"].startswith("127.0.0.1:")
    assert told["management.tcp.ip"] == "127.0.0.1"
    assert {name for name in told if name.startswith("listeners.")} == {"listeners.tcp.default", "listeners.ssl.default"}


@pytest.mark.parametrize("file", sorted((ROOT / "deploy/config").glob("*.yml")), ids=lambda file: file.name)
def test_no_secret_has_a_default(file):
    raw = yaml.safe_load(file.read_text())
    for name in SECRETS & set(raw):
        assert raw[name].startswith("${"), name
        assert "@" not in raw[name], name


def test_the_definitions_are_those_of_the_code():
    assert (ROOT / "deploy/rabbitmq/definitions.json").read_text() == definitions_of("sv")
