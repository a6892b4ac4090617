"""AMQPS with certificates of our own authority, towards a broker set up by the file of deploy/."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.errors import ConfigError, TryAgain
from shared.messaging.broker import Broker
from shared.messaging.management import Management
from shared.messaging.publisher import open_publisher
from shared.messaging.set_up import apply
from shared.security.certificates import CA_FILE, issue
from tests.conformance.messaging.world import HUB, NODE, WINDOW
from tests.servers import RabbitMQ


@pytest.fixture
def uri(tls_rabbitmq: RabbitMQ) -> Iterator[str]:
    name = "tls-test"
    yield tls_rabbitmq.new_vhost(name)
    tls_rabbitmq.drop_vhost(name)


def connects(broker: Broker) -> None:
    with broker.connection() as connection:
        connection.connect()


def fault_of(broker: Broker) -> str:
    with pytest.raises(ssl.SSLCertVerificationError) as refused:
        connects(broker)
    return refused.value.verify_message


def trusting(file: Path | None) -> dict[str, str]:
    return {"ca_certs": str(file)}


def test_with_its_authority_everything_works_over_tls(uri: str, tls_rabbitmq: RabbitMQ):
    broker = Broker(uri, trusting(tls_rabbitmq.ca))
    management = Management(tls_rabbitmq.management_url, uri, ca_certs=str(tls_rabbitmq.ca))
    left = apply(broker, NODE, [WINDOW.name], management=management, passwords={"w.sv.la-union": "word"})
    assert not [line for line in left.commands if "la-union" in line]
    publisher = open_publisher(broker, HUB)
    publisher.ready()
    publisher.ready()  # hears what the broker says without waiting for it
    publisher.close()
    tls_rabbitmq.call("DELETE", "/api/users/w.sv.la-union")


def test_the_connection_is_tls_1_2_or_newer(uri: str, tls_rabbitmq: RabbitMQ):
    with Broker(uri, trusting(tls_rabbitmq.ca)).connection() as connection:
        connection.connect()
        assert connection._connection.transport.sock.version() in {"TLSv1.2", "TLSv1.3"}
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(tls_rabbitmq.ca)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", tls_rabbitmq.port)) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="127.0.0.1")


def test_a_certificate_of_another_authority_is_refused(uri: str, tmp_path: Path):
    issue(tmp_path, "other", ["127.0.0.1"], now=datetime.now(UTC))
    assert "certificate" in fault_of(Broker(uri, trusting(tmp_path / CA_FILE)))


def test_amqps_without_a_word_about_authorities_believes_those_of_the_system_alone(uri: str):
    assert "certificate" in fault_of(Broker(uri))


def test_a_certificate_of_another_host_is_refused(uri: str, tls_rabbitmq: RabbitMQ):
    elsewhere = uri.replace("127.0.0.1", "127.0.0.2")
    assert "127.0.0.2" in fault_of(Broker(elsewhere, trusting(tls_rabbitmq.ca)))
    named = {**trusting(tls_rabbitmq.ca), "server_hostname": "broker.example"}
    assert "broker.example" in fault_of(Broker(uri, named))
    connects(Broker(elsewhere, {**trusting(tls_rabbitmq.ca), "server_hostname": "localhost"}))


def test_a_certificate_whose_time_is_over_is_refused(tmp_path: Path):
    issue(tmp_path, "rabbitmq", ["127.0.0.1"], now=datetime.now(UTC) - timedelta(days=10), days=1)
    with speaking_tls(tmp_path) as port:
        assert "expired" in fault_of(Broker(f"amqps://guest:guest@127.0.0.1:{port}/", trusting(tmp_path / CA_FILE)))


def test_who_speaks_in_clear_to_the_tls_port_is_refused(uri: str, tls_rabbitmq: RabbitMQ):
    with pytest.raises(OSError):
        connects(Broker(uri.replace("amqps://", "amqp://")))


def test_there_is_no_way_in_clear_from_elsewhere(tls_rabbitmq: RabbitMQ):
    told = (tls_rabbitmq.folder / "rabbitmq.conf").read_text()
    listening = [line for line in told.splitlines() if line.startswith(("listeners.tcp", "management.tcp.ip"))]
    assert listening
    assert all("127.0.0.1" in line for line in listening)


def test_a_client_may_have_a_certificate_and_a_strangers_is_refused(uri: str, tls_rabbitmq: RabbitMQ, tmp_path: Path):
    own = issue(Path(str(tls_rabbitmq.ca)).parent, "window", ["window.example"], now=datetime.now(UTC))
    connects(Broker(uri, {**trusting(tls_rabbitmq.ca), "certfile": str(own.certificate), "keyfile": str(own.key)}))
    strange = issue(tmp_path, "window", ["window.example"], now=datetime.now(UTC))
    with pytest.raises(OSError):
        connects(Broker(uri, {**trusting(tls_rabbitmq.ca), "certfile": str(strange.certificate), "keyfile": str(strange.key)}))


def test_a_certificate_that_is_not_believed_is_tried_again_and_never_sent_to(uri: str, tmp_path: Path):
    issue(tmp_path, "other", ["127.0.0.1"], now=datetime.now(UTC))
    with pytest.raises(TryAgain, match="SSLCertVerificationError"):
        open_publisher(Broker(uri, trusting(tmp_path / CA_FILE)), WINDOW).ready()


def test_a_file_that_is_not_there_is_named_at_the_start():
    with pytest.raises(ConfigError, match=r"AMQP_SSL\.ca_certs: there is no file /nowhere/ca\.pem"):
        Broker("amqps://broker.example/", {"ca_certs": "/nowhere/ca.pem"})


@pytest.mark.parametrize(("address", "clear"), [
    ("amqp://broker.example/", True), ("amqps://broker.example/", False), ("amqp://127.0.0.1/", False), ("memory://", False),
])
def test_it_is_known_whether_passwords_go_in_clear_over_a_network(address: str, clear: bool):
    assert Broker(address).in_clear == clear


@contextmanager
def speaking_tls(folder: Path) -> Iterator[int]:
    """A server that shows its certificate and says nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "rabbitmq.pem", folder / "rabbitmq.key")
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # closed: the test is over
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:
                    pass  # the caller did not believe us: so it shall be

    thread = threading.Thread(target=answer)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()
