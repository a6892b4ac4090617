"""Settings are told wrong all at once, by name, in sentences for an operator."""

from pathlib import Path

import pytest

from shared.config import in_effect, load_settings
from shared.errors import ConfigError


def _file(folder: Path, text: str) -> Path:
    path = folder / "service.yml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = "NODE: sv\nDATABASE_URL: sqlite:///x.db\nKEY_STORE: keys\n"


def test_every_mistake_is_named_at_once(tmp_path):
    path = _file(tmp_path, "NODE: SALVADOR\nCOLOUR: red\nTOPOLOGY: perhaps\n")
    with pytest.raises(ConfigError) as refused:
        load_settings(path, {})
    for name in ("NODE", "COLOUR", "TOPOLOGY", "DATABASE_URL", "KEY_STORE"):
        assert name in str(refused.value)


def test_the_environment_overrides_the_file(tmp_path):
    settings = load_settings(_file(tmp_path, GOOD + "BATCH_SIZE: 10\n"), {"VENTANILLA_BATCH_SIZE": "50"})
    assert settings.batch_size == 50


def test_a_variable_in_the_file_is_filled_in_or_takes_its_default(tmp_path):
    path = _file(tmp_path, GOOD + "AMQP_URI: ${AMQP_URI:memory://}\nMAIL_FROM: ${FROM:a@b.example}\n")
    settings = load_settings(path, {"AMQP_URI": "amqp://w:p@broker//"})
    assert settings.amqp_uri == "amqp://w:p@broker//"
    assert settings.mail_from == "a@b.example"


def test_a_variable_without_default_is_named_when_missing(tmp_path):
    with pytest.raises(ConfigError, match="BROKER"):
        load_settings(_file(tmp_path, GOOD + "AMQP_URI: ${BROKER}\n"), {})


def test_a_secret_is_read_from_a_file_and_never_shown(tmp_path):
    secret = tmp_path / "amqp"
    secret.write_text("amqp://w:hunter2@broker//\n", encoding="utf-8")
    settings = load_settings(_file(tmp_path, GOOD), {"VENTANILLA_AMQP_URI_FILE": str(secret)})
    assert settings.amqp_uri == "amqp://w:hunter2@broker//"
    assert "hunter2" not in str(in_effect(settings))


@pytest.mark.parametrize("name", ["all", "hub", "notifications", "La Union"])
def test_a_window_may_not_take_a_reserved_name(tmp_path, name):
    with pytest.raises(ConfigError, match="WINDOW"):
        load_settings(_file(tmp_path, GOOD + f"WINDOW: {name}\n"), {})


def test_a_map_comes_from_the_environment_as_one_line_of_yaml(tmp_path):
    path = _file(tmp_path, GOOD)
    told = {"VENTANILLA_AMQP_SSL": "{ca_certs: /etc/ca.pem}", "VENTANILLA_WINDOW_URLS": "{la-union: 'https://w.example'}"}
    settings = load_settings(path, told)
    assert settings.amqp_ssl == {"ca_certs": "/etc/ca.pem"}
    assert settings.window_urls == {"la-union": "https://w.example"}
    with pytest.raises(ConfigError, match="VENTANILLA_AMQP_SSL is not YAML"):
        load_settings(path, {"VENTANILLA_AMQP_SSL": "{ca_certs: ["})


def test_nothing_can_switch_off_that_the_broker_is_verified(tmp_path):
    with pytest.raises(ConfigError, match=r"AMQP_SSL\.cert_reqs"):
        load_settings(_file(tmp_path, GOOD + "AMQP_SSL: {cert_reqs: 0}\n"), {})


def test_the_operators_address_is_a_secret_and_never_shown(tmp_path):
    settings = load_settings(_file(tmp_path, GOOD + "OPERATOR_URI: amqps://operator:hunter2@broker/\n"), {})
    assert "hunter2" not in str(in_effect(settings))
