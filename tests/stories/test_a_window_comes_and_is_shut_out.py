"""A window is added by command while the hub runs, comes by TLS alone, is stolen, shut out, and let in again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import amqp
import pytest
import requests

from shared.messaging.broker import Broker
from shared.security.certificates import Certificate, issue
from shared.security.keyring import Keyring
from tests.cast import returned_woman
from tests.drivers.console import console, done
from tests.drivers.http import Caller
from tests.drivers.probe import eventually
from tests.drivers.processes import Running
from tests.drivers.window import Window
from tests.servers import RabbitMQ, free_port

pytestmark = pytest.mark.story
VHOST, NAME = "added-window", "sonsonate"


class Country:
    """A hub and one window that no file knows, on the broker of deploy/, each as a process."""

    def __init__(self, folder: Path, rabbitmq: RabbitMQ, tls: Certificate) -> None:
        self.folder, self.rabbitmq, self.tls = folder, rabbitmq, tls
        self.ports = {name: free_port() for name in ("hub", NAME)}
        self.hub_file, self.window_file = folder / "hub.yml", folder / "window.yml"
        self._running: dict[str, Running] = {}
        done("keys", "generate", "--dir", str(folder / "keys"), "--node", "sv")
        self.hub_file.write_text(
            f"NODE: sv\nDATABASE_URL: sqlite:///{folder}/hub.sqlite\nKEY_STORE: {folder}/keys/sv.hub\n"
            f"AMQP_URI: {rabbitmq.uri(VHOST, 'sv.hub', 'hub-word')}\nAMQP_SSL: {{ca_certs: {rabbitmq.ca}}}\n"
            f"OPERATOR_URI: {rabbitmq.uri(VHOST)}\nMANAGEMENT_URL: {rabbitmq.management_url}\n"
            f"WEB_SERVER_ADDRESS: 127.0.0.1:{self.ports['hub']}\nRESEND_AFTER: 2\n"
        )

    def windows(self, command: str, *arguments: str) -> str:
        return done("windows", command, NAME, *arguments, "--config", str(self.hub_file))

    def runs_hub(self) -> None:
        self._run("hub", "referrals", self.hub_file)

    def runs_window(self, carried: Path) -> None:
        """The PC: its keys and its way to the broker are what was carried there."""
        self.window_file.write_text(
            f"NODE: sv\nWINDOW: {NAME}\nWINDOW_LETTERS: SON\nDATABASE_URL: sqlite:///{self.folder}/window.sqlite\n"
            f"KEY_STORE: {carried / f'sv.{NAME}'}\nAMQP_URI: {(carried / f'sv.{NAME}.amqp-uri').read_text().strip()}\n"
            f"AMQP_SSL: {{ca_certs: {self.rabbitmq.ca}}}\nWEB_SERVER_ADDRESS: 127.0.0.1:{self.ports[NAME]}\n"
            f"WEB_CERTIFICATE: {self.tls.certificate}\nWEB_KEY: {self.tls.key}\nPUBLIC_URL: {self.url(NAME)}\nRESEND_AFTER: 2\n"
        )
        done("migrate", "--config", str(self.window_file))
        self._run(NAME, "intake", self.window_file)

    def url(self, name: str) -> str:
        return f"http{'s' if name == NAME else ''}://127.0.0.1:{self.ports[name]}"

    def stops_window(self) -> None:
        self._running.pop(NAME).stop()

    def dead_letters(self) -> list[str]:
        return done("dead-letters", "list", "--config", str(self.hub_file)).splitlines()

    def clear(self) -> None:
        for running in self._running.values():
            running.kill()
        for user in ("sv.hub", f"w.sv.{NAME}"):
            if user in {one["name"] for one in self.rabbitmq.call("GET", "/api/users")}:
                self.rabbitmq.call("DELETE", f"/api/users/{user}")

    def _run(self, name: str, service: str, file: Path) -> None:
        self._running[name] = Running(("run", service, "--config", str(file)), self.folder / f"{name}.out")
        self._running[name].answers(f"{self.url(name)}/healthz")


@pytest.fixture
def country(tmp_path: Path, tls_rabbitmq: RabbitMQ, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    tls_rabbitmq.new_vhost(VHOST)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_rabbitmq.ca))
    monkeypatch.setenv("VENTANILLA_BROKER_PASSWORDS", "hub=hub-word")
    tls = issue(Path(str(tls_rabbitmq.ca)).parent, "window", ["127.0.0.1"], now=datetime.now(UTC))
    made = Country(tmp_path, tls_rabbitmq, tls)
    yield made
    made.clear()
    tls_rabbitmq.drop_vhost(VHOST)


def test_a_window_comes_by_command_is_shut_out_when_it_is_stolen_and_let_in_again(country: Country):
    # Given a hub that runs
    done("migrate", "--config", str(country.hub_file))
    done("topology", "apply", "--config", str(country.hub_file))
    country.runs_hub()

    # When a window that no file knows is added, and its PC set up with what was carried there
    new = ("--letters", "SON", "--name", "Ventanilla de Sonsonate", "--municipality", "Acajutla")
    carried = country.folder / "carried"
    country.windows("add", "--into", str(carried), *new)
    country.windows("add", "--into", str(carried), *new)  # cut off, it is repeated
    country.runs_window(carried)
    user = ("staff@sonsonate", "--role", "staff", "--window", NAME, "--config", str(country.hub_file))
    window = Window(NAME, Caller(country.url(NAME), done("users", "add", *user).strip()))
    eventually(lambda: _lets_in(window), until=bool, what="the window to know its staff")

    # Then its cases arrive, under its own letters, and it has the directory that names it
    case = window.registers(returned_woman())
    assert case["code"].startswith("SV-SON-")
    window.is_told_it_was_received(case["id"])
    assert requests.get(country.url(NAME), timeout=20).headers["Strict-Transport-Security"]

    # When its PC is stolen, and the window is suspended
    said = country.windows("suspend")
    assert "no connection" in said
    stolen = Broker((carried / f"sv.{NAME}.amqp-uri").read_text().strip(), {"ca_certs": str(country.rabbitmq.ca)})
    with pytest.raises(amqp.exceptions.AccessRefused), stolen.connection() as connection:
        connection.connect()

    # Then what its keys sign is not taken even when it gets into the queue, and it is not lost
    _slip_in(country, carried, b'{"signed":"by the thief"}')
    eventually(lambda: "\n".join(country.dead_letters()), until=lambda told: "quarantine: suspended" in told, what="the quarantine")
    ready = requests.get(f"{country.url('hub')}/readyz", timeout=20)
    assert ready.status_code == 200
    assert NAME in ready.json()["checks"]["windows"]
    assert f"suspended: {NAME}" in console("doctor", "--config", str(country.hub_file)).text

    # And what is registered meanwhile waits at the window
    later = window.registers(returned_woman())
    assert window.delivery_of(later["id"]) == "queued"

    # When the PC is back, and the window let in again with another password
    country.stops_window()
    again = country.folder / "again"
    country.windows("resume", "--into", str(again))
    assert (again / f"sv.{NAME}.amqp-uri").read_text() != (carried / f"sv.{NAME}.amqp-uri").read_text()
    (carried / f"sv.{NAME}").rename(again / f"sv.{NAME}")
    country.runs_window(again)

    # Then what waited arrives
    window.is_told_it_was_received(later["id"])
    audit = [line["act"] for line in _audit(country)]
    assert [act for act in audit if act.startswith("window.")] == ["window.resume", "window.suspend", "window.add"]


def _lets_in(window: Window) -> bool:
    try:
        return bool(window.sync()["directory_version"])
    except AssertionError:
        return False


def _slip_in(country: Country, carried: Path, body: bytes) -> None:
    """An administrator of the broker, or a connection that was open until now."""
    signature = Keyring.load(carried / f"sv.{NAME}").sign(body)
    admin = Broker(country.rabbitmq.uri(VHOST), {"ca_certs": str(country.rabbitmq.ca)})
    with admin.connection() as connection:
        message = amqp.Message(body, application_headers={"signature": signature})
        connection.channel().basic_publish(message, "intake.events", f"sv.{NAME}.visit.recorded")


def _audit(country: Country) -> list[dict[str, str]]:
    token = done("users", "add", "auditor@sv", "--role", "auditor", "--config", str(country.hub_file)).strip()
    return Caller(country.url("hub"), token).everything("/audit", kind="window")
