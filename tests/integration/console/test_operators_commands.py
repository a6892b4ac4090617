"""An operator's day: keys, schema, users, tokens, settings, a look over, topology of a real broker."""

import json

import pytest

from shared.contracts.addresses import Address
from shared.security.keys import read_private
from tests.drivers.console import console, done
from tests.drivers.processes import ROOT
from tests.servers import RabbitMQ


@pytest.fixture
def keys(tmp_path):
    done("keys", "generate", "--dir", str(tmp_path / "keys"), "--node", "sv")
    return tmp_path / "keys"


@pytest.fixture
def hub(tmp_path, keys):
    """A hub's settings file whose database is at the newest schema."""
    file = tmp_path / "hub.yml"
    file.write_text(
        f"NODE: sv\nDATABASE_URL: sqlite:///{tmp_path}/hub.sqlite\nKEY_STORE: {keys / 'sv.hub'}\n"
        "AMQP_URI: amqp://secret-user:secret-word@127.0.0.1:1/\n",
    )
    done("migrate", "--config", str(file))
    return str(file)


def test_keys_are_made_once_and_each_folder_is_its_owners(keys):
    before = (keys / "sv.hub" / "keys.json").read_bytes()
    told = done("keys", "generate", "--dir", str(keys), "--node", "sv", "--node", "gt")
    assert "/gt/hub" in told
    assert "/sv/hub" not in told
    assert (keys / "sv.hub" / "keys.json").read_bytes() == before
    assert read_private(keys / "gt.tecun-uman" / "keys.json")[0] == Address.window("gt", "tecun-uman")
    assert "/sv/windows/la-union" in done("keys", "list", "--dir", str(keys))


def test_settings_are_shown_without_their_secrets(hub):
    told = done("config", "--config", hub)
    assert "NODE: sv" in told
    assert "secret" not in told


def test_a_user_is_added_listed_given_tokens_and_disabled(hub):
    token = done("users", "add", "officer@pddh", "--role", "officer", "--institution", "pddh", "--config", hub)
    other = done("tokens", "issue", "officer@pddh", "--config", hub)
    assert token != other
    assert "officer@pddh" in done("users", "list", "--config", hub)
    assert len(done("users", "reset-password", "officer@pddh", "--config", hub).strip()) >= 12
    done("tokens", "revoke", "officer@pddh", "--config", hub)
    done("users", "disable", "officer@pddh", "--config", hub)
    told = done("users", "list", "--config", hub)
    assert "disabled" in told
    assert "0 tokens" in told


def test_a_user_is_enabled_again_and_a_first_password_must_be_changed(hub):
    done("users", "add", "regional@sv", "--role", "regional_coordinator", "--config", hub)
    done("users", "disable", "regional@sv", "--config", hub)
    done("users", "enable", "regional@sv", "--config", hub)
    assert " active " in done("users", "list", "--config", hub)
    first = done("users", "reset-password", "regional@sv", "--must-change", "--config", hub).strip()
    assert len(first) >= 15


def test_a_token_may_be_had_that_only_reads_and_ends(hub):
    done("users", "add", "auditor@sv", "--role", "auditor", "--config", hub)
    told = done("tokens", "issue", "auditor@sv", "--scope", "read", "--expires-in-days", "30", "--name", "informe", "--config", hub)
    assert told.startswith("vtn_")
    assert console("tokens", "issue", "auditor@sv", "--scope", "everything", "--config", hub).status == 2
    assert console("tokens", "issue", "auditor@sv", "--expires-in-days", "0", "--config", hub).status == 2


def test_the_doctor_says_when_second_steps_are_not_asked_for(hub, tmp_path):
    assert "SECOND_FACTOR" not in console("doctor", "--config", hub).text
    trial = tmp_path / "trial.yml"
    trial.write_text((tmp_path / "hub.yml").read_text() + "SECOND_FACTOR: optional\n")
    assert "for trials only" in console("doctor", "--config", str(trial)).text


def test_a_user_out_of_place_is_refused_by_field(hub):
    said = console("users", "add", "x", "--role", "officer", "--config", hub)
    assert said.status == 2
    assert "role:" in said.text


def test_the_doctor_names_what_is_wrong(hub):
    said = console("doctor", "--config", hub)
    assert said.status == 1
    assert "ok    database (referrals, newest schema)" in said.text
    assert "WRONG broker" in said.text


def test_dead_letters_of_a_new_hub_are_none(hub):
    assert done("dead-letters", "list", "--config", hub) == ""


def test_a_broker_takes_the_definitions_file_and_topology_adds_what_it_cannot_hold(
    amqp_uri: str, rabbitmq: RabbitMQ, keys, tmp_path,
):
    # Given a broker that was loaded with the file of deploy/
    vhost = amqp_uri.rsplit("/", 1)[1]
    told = json.loads((ROOT / "deploy/rabbitmq/definitions.json").read_text())
    del told["vhosts"]
    for things in told.values():
        for thing in things:
            thing["vhost"] = vhost
    rabbitmq.call("POST", "/api/definitions", told)
    before = rabbitmq.call("GET", f"/api/queues/{vhost}")

    # When the topology is applied over it, with the windows' passwords
    file = tmp_path / "hub.yml"
    file.write_text(
        f"NODE: sv\nDATABASE_URL: sqlite:///{tmp_path}/hub.sqlite\nKEY_STORE: {keys / 'sv.hub'}\nAMQP_URI: {amqp_uri}\n"
    )
    said = done(
        "topology", "apply", "--config", str(file), "--management-url", rabbitmq.management_url,
        "--window-passwords", "la-union=one-word",
    )

    # Then nothing stood in its way, and the window's user may do what it may
    after = rabbitmq.call("GET", f"/api/queues/{vhost}")
    assert {queue["name"] for queue in before} == {queue["name"] for queue in after}
    rights = rabbitmq.call("GET", f"/api/topic-permissions/{vhost}/w.sv.la-union")
    assert [row["exchange"] for row in rights] == ["intake.events"]
    assert "w.sv.la-hachadura" in said  # left to do: nobody gave its password
