"""An operator's day: keys, schema, users, tokens, settings, a look over, topology of a real broker."""

import json

import pytest

from shared.contracts.addresses import Address
from shared.security.keyring import Keyring
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
    done("migrate", "--config", str(file))
    said = done(
        "topology", "apply", "--config", str(file), "--management-url", rabbitmq.management_url,
        "--passwords", "la-union=one-word",
    )

    # Then nothing stood in its way, and the window's user may do what it may
    after = rabbitmq.call("GET", f"/api/queues/{vhost}")
    assert {queue["name"] for queue in before} == {queue["name"] for queue in after}
    rights = rabbitmq.call("GET", f"/api/topic-permissions/{vhost}/w.sv.la-union")
    assert [row["exchange"] for row in rights] == ["intake.events"]
    assert "w.sv.la-hachadura" in said  # left to do: nobody gave its password
    rabbitmq.call("DELETE", "/api/users/w.sv.la-union")


def test_windows_are_kept_at_the_hub_alone_and_mistakes_are_told_in_a_sentence(hub, keys, tmp_path):
    notifications = tmp_path / "notifications.yml"
    notifications.write_text((tmp_path / "hub.yml").read_text().replace("sv.hub", "sv.notifications"))
    into = ("--into", str(tmp_path / "carried"))
    for words, told in (
        (("add", "sonsonate", *into, "--config", str(notifications)), "give the hub's settings"),
        (("add", "Sonsonate!", *into, "--config", hub), "small letters"),
        (("add", "sonsonate", *into, "--config", hub, "--letters", "son"), "three capital letters"),
        (("add", "sonsonate", *into, "--config", hub, "--letters", "SON"), "--name"),
        (("add", "sonsonate", *into, "--config", hub, "--letters", "SON", "--name", "x"), "--municipality"),
        (("add", "sonsonate", *into, "--config", hub, "--letters", "SON", "--name", "x", "--municipality", "Atlantis"), "names no municipality"),
        (("suspend", "nowhere", "--config", hub), "does not exist"),
        (("list", "--config", str(notifications)), "give the hub's settings"),
    ):
        said = console("windows", *words)
        assert (said.status, told in said.text) == (2, True), said.text


def test_a_window_is_shut_out_though_the_broker_cannot_be_reached_and_the_rest_is_printed(hub):
    said = console("windows", "suspend", "la-union", "--config", hub, "--management-url", "http://127.0.0.1:1")
    assert said.status == 1
    assert "nothing that it signs is taken" in said.text
    assert "rabbitmqctl clear_password 'w.sv.la-union'" in said.text
    assert "rabbitmqctl close_all_user_connections 'w.sv.la-union'" in said.text
    assert "secret-word" not in said.text
    listed = done("windows", "list", "--config", hub)
    assert "la-union         LUN  Ventanilla de La Unión (La Unión Sur)  suspended" in listed
    assert "suspended: la-union since" in console("doctor", "--config", hub).text


def test_keys_made_on_the_pc_itself_never_leave_it(hub, keys, tmp_path, amqp_uri, rabbitmq):
    with (tmp_path / "hub.yml").open("a") as file:
        file.write(f"OPERATOR_URI: {amqp_uri}\nMANAGEMENT_URL: {rabbitmq.management_url}\n")
    pc, carried = tmp_path / "pc", tmp_path / "carried"
    done("keys", "window", "sonsonate", "--dir", str(pc), "--node", "sv")
    public = pc / "sv.sonsonate" / "trust.json"
    assert '"d"' not in public.read_text()
    done(
        "windows", "add", "sonsonate", "--config", hub, "--into", str(carried), "--public-key", str(public),
        "--letters", "SON", "--name", "Ventanilla de Sonsonate", "--municipality", "Acajutla",
    )
    assert sorted(file.name for file in carried.rglob("*") if file.is_file()) == ["sv.sonsonate.amqp-uri", "trust.json"]
    assert (carried / "sv.sonsonate.amqp-uri").stat().st_mode & 0o777 == 0o600
    (carried / "sv.sonsonate" / "trust.json").replace(public)
    window = Keyring.load(pc / "sv.sonsonate")
    assert window.knows(Address.hub("sv"))
    rabbitmq.call("DELETE", "/api/users/w.sv.sonsonate")


def test_a_definitions_file_with_users_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "definitions.json"
    done("topology", "definitions", "--node", "sv", "--passwords", "operator=one,hub=two,la-union=three", "--into", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    told = json.loads(file.read_text())
    assert [user["name"] for user in told["users"]] == ["operator", "sv.hub", "w.sv.la-union"]
    assert console("topology", "definitions", "--node", "sv", "--passwords", "nobody=x").status == 2


def test_a_certificate_is_made_and_handed_over_without_what_makes_more(tmp_path):
    words = ("keys", "certificate", "rabbitmq", "--dir", str(tmp_path / "authority"), "--into", str(tmp_path / "broker"), "--host", "localhost")
    assert done(*words).startswith("new: ")
    assert done(*words).startswith("still good: ")
    assert sorted(file.name for file in (tmp_path / "broker").iterdir()) == ["ca.pem", "rabbitmq.key", "rabbitmq.pem"]
