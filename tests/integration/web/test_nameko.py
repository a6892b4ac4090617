"""The server inside nameko, as a process of its own: keep-alive, broken callers, and a stop with grace."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[3]


class Server:
    def __init__(self, *tls):
        command = [sys.executable, "-W", "ignore", "-m", "tests.integration.web.nameko_service", *map(str, tls)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        said = self.process.stdout.readline()
        assert said, self.process.stderr.read()
        self.port = int(said)
        self.url = f"http://127.0.0.1:{self.port}"

    def connect(self, data=b""):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sendall(data)
        return connection

    def ask_to_stop(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def seconds_to_stop(self):
        said = [self.process.stdout.readline().strip() for _ in range(2)]
        assert said[0] == "closed", self.process.stderr.read()
        assert self.process.wait(20) == 0
        return float(said[1])


@pytest.fixture
def server():
    made = Server()
    yield made
    if made.process.poll() is None:
        made.process.kill()
    made.process.communicate()


def read_answer(connection):
    """Head and body of one answer that has a length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
    while len(body) < length:
        body += received(connection)
    return head.decode(), body


def received(connection):
    data = connection.recv(65536)
    assert data, "the connection was closed in the middle of an answer"
    return data


GET_QUICK = b"GET /quick?nombre=Maria HTTP/1.1\r\nHost: x\r\n\r\n"


def test_one_connection_carries_many_requests(server):
    with server.connect() as connection:
        for _ in range(3):
            connection.sendall(GET_QUICK)
            head, body = read_answer(connection)
            assert head.startswith("HTTP/1.1 200")
            assert body == b"hello"
    server.ask_to_stop()
    assert "Maria" not in server.process.communicate()[1]


def test_a_body_that_was_refused_unread_does_not_become_the_next_request(server):
    with server.connect() as connection:
        body = GET_QUICK * 50_000
        connection.sendall(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        connection.sendall(body)
        assert read_answer(connection)[0].startswith("HTTP/1.1 413")
        connection.sendall(GET_QUICK)
        assert read_answer(connection)[1] == b"hello"


def test_callers_that_break_off_or_send_garbage_hurt_nobody_else(server):
    for data in (b"", b"\x16\x03\x01\x02\x00garbage\r\n\r\n", b"GET /quick", b"POST /refuse HTTP/1.1\r\nContent-Length: 99\r\n\r\nhalf",
                 b"GET /slow?seconds=1 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                 b"POST /refuse HTTP/1.1\r\nContent-Length: abc\r\n\r\n", b"POST /refuse HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        connection = server.connect(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # ends with RST
        connection.close()
    assert requests.get(server.url + "/quick", timeout=20).text == "hello"
    server.ask_to_stop()
    assert server.seconds_to_stop() < 2.5


def slow(seconds):
    return b"GET /slow?seconds=%d HTTP/1.1\r\nHost: x\r\n\r\n" % seconds


def test_a_stop_lets_what_is_under_way_finish_and_turns_new_requests_away(server):
    with server.connect() as idle, server.connect(slow(1)) as running, server.connect() as probe:
        idle.sendall(GET_QUICK)
        read_answer(idle)
        assert b"begun" in received(running)
        server.ask_to_stop()
        turned_away = False
        while not turned_away:  # ends: the stop waits a whole second for the slow one
            probe.sendall(GET_QUICK)
            head, _body = read_answer(probe)
            turned_away = head.startswith("HTTP/1.1 503")
        assert "Retry-After: 5" in head
        assert "Connection: close" in head
        assert probe.recv(10) == b""
        data = b""
        while part := running.recv(65536):
            data += part
        assert b"finished" in data
        assert data.endswith(b"0\r\n\r\n")
        assert idle.recv(10) == b""
    assert server.seconds_to_stop() < 2


def test_a_stop_waits_two_seconds_and_no_longer(server):
    with server.connect(slow(60)) as running:
        assert b"begun" in received(running)
        server.ask_to_stop()
        assert 1.9 < server.seconds_to_stop() < 3


def test_an_idle_server_stops_at_once(server):
    server.ask_to_stop()
    assert server.seconds_to_stop() < 0.5
