"""A web server with a certificate of its own: pages by HTTPS, and nobody holds up anybody."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from werkzeug.test import Client

from shared.config import load_settings
from shared.errors import ConfigError
from shared.security.certificates import CA_FILE, Certificate, issue
from shared.web.headers import HTTPS_ONLY
from shared.web.nameko import _tls
from tests.integration.web.test_nameko import GET_QUICK, Server, read_answer, received, slow
from tests.integration.web.tiny import Notes, tiny_site


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return issue(tmp_path_factory.mktemp("tls"), "window", ["localhost", "127.0.0.1"], now=datetime.now(UTC))


@pytest.fixture
def server(own: Certificate) -> Iterator[Server]:
    made = Server(own.certificate, own.key)
    yield made
    if made.process.poll() is None:
        made.process.kill()
    made.process.communicate()


def authority(own: Certificate) -> str:
    return str(own.certificate.with_name(CA_FILE))


def connected(server: Server, own: Certificate, data: bytes = b"") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=authority(own))
    connection = context.wrap_socket(server.connect(), server_hostname="127.0.0.1")
    connection.sendall(data)
    return connection


def test_a_page_answers_by_https_and_knows_that_it_was_asked_so(server: Server, own: Certificate):
    answer = requests.get(f"https://127.0.0.1:{server.port}/scheme", verify=authority(own), timeout=20)
    assert (answer.status_code, answer.text) == (200, "https")


def test_who_does_not_know_the_authority_does_not_believe_it(server: Server):
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"https://127.0.0.1:{server.port}/quick", timeout=20)


def test_plain_http_gets_no_page(server: Server):
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"http://127.0.0.1:{server.port}/quick", timeout=20)


def test_one_connection_carries_many_requests(server: Server, own: Certificate):
    with connected(server, own) as connection:
        for _ in range(3):
            connection.sendall(GET_QUICK)
            head, body = read_answer(connection)
            assert (head[:12], body) == ("HTTP/1.1 200", b"hello")


def test_handshakes_that_are_never_finished_or_are_none_hold_up_nobody(server: Server, own: Certificate):
    silent = [server.connect() for _ in range(20)]
    garbage = [server.connect(data) for data in (b"\x16\x03\x01\x02\x00garbage", GET_QUICK, b"\x00" * 500)]
    answer = requests.get(f"https://127.0.0.1:{server.port}/quick", verify=authority(own), timeout=20)
    assert answer.text == "hello"
    for connection in (*silent, *garbage):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # ends with RST
        connection.close()
    assert requests.get(f"https://127.0.0.1:{server.port}/quick", verify=authority(own), timeout=20).text == "hello"


def test_a_stop_lets_what_is_under_way_finish_over_tls_too(server: Server, own: Certificate):
    with connected(server, own, slow(1)) as running, connected(server, own) as idle, server.connect():
        idle.sendall(GET_QUICK)
        read_answer(idle)
        assert b"begun" in received(running)
        server.ask_to_stop()
        data = b""
        while not data.endswith(b"0\r\n\r\n"):
            data += received(running)
        assert b"finished" in data
    server.seconds_to_stop()


def test_tls_1_1_is_refused(server: Server, own: Certificate):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(authority(own))
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with server.connect() as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.parametrize(("scheme", "told"), [("https", HTTPS_ONLY), ("http", None)])
def test_a_browser_that_came_by_https_is_told_to_stay_with_it(tmp_path: Path, scheme: str, told: str | None):
    notes = Notes(tmp_path)
    answer = Client(tiny_site(notes)).get("/", base_url=f"{scheme}://window.example")
    notes.database.close()
    assert answer.headers.get("Strict-Transport-Security") == told


GOOD = "NODE: sv\nDATABASE_URL: sqlite:///x.db\nKEY_STORE: keys\n"


@pytest.mark.parametrize("lines", ["WEB_CERTIFICATE: here.pem\n", "WEB_KEY: here.key\n", "WEB_CERTIFICATE: here.pem\nWEB_KEY: here.key\n"])
def test_half_a_pair_or_files_that_are_not_there_end_the_start(tmp_path: Path, lines: str):
    (tmp_path / "window.yml").write_text(GOOD + lines)
    with pytest.raises(ConfigError, match="WEB_"):
        load_settings(tmp_path / "window.yml", {})


def test_a_key_that_is_another_certificates_ends_the_start(own: Certificate, tmp_path: Path):
    other = issue(tmp_path, "other", ["x.example"], now=datetime.now(UTC))
    with pytest.raises(ConfigError, match="WEB_CERTIFICATE"):
        _tls({"WEB_CERTIFICATE": str(own.certificate), "WEB_KEY": str(other.key)})
