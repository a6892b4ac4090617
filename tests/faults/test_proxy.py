"""The proxy does what the fault stage believes it does."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Mode, Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says back what it is told; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        try:
            while told := connection.recv(1000):
                connection.sendall(told)
        except OSError:
            return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    proxy = Proxy(echo)
    yield proxy
    proxy.close()


def _connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def _echoes(connection: socket.socket) -> bool:
    connection.sendall(b"hola")
    return connection.recv(100) == b"hola"


def test_an_open_proxy_lets_everything_through(proxy: Proxy):
    with _connect(proxy) as connection:
        assert _echoes(connection)


@pytest.mark.parametrize("mode", [Mode.CUT, Mode.FLAPPING])
def test_a_cut_resets_what_stands(proxy: Proxy, mode: Mode):
    with _connect(proxy) as connection:
        assert _echoes(connection)
        proxy.become(mode)
        with pytest.raises(ConnectionError):
            while connection.recv(100):
                pass
            raise ConnectionError


def test_while_it_is_cut_nobody_gets_through_and_afterwards_everybody_does(proxy: Proxy):
    proxy.become(Mode.CUT)
    with pytest.raises(ConnectionError), _connect(proxy) as connection:
        if not _echoes(connection):
            raise ConnectionError
    proxy.become(Mode.OPEN)
    with _connect(proxy) as connection:
        assert _echoes(connection)


@pytest.mark.parametrize("mode", [Mode.HALF_OPEN, Mode.ONE_WAY])
def test_a_half_open_connection_stands_and_says_nothing_until_it_heals(proxy: Proxy, mode: Mode):
    with _connect(proxy) as connection:
        assert _echoes(connection)
        proxy.become(mode)
        connection.sendall(b"adios")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(100)
        proxy.become(Mode.OPEN)
        connection.settimeout(5)
        assert connection.recv(100) == b"adios"


def test_a_slow_connection_loses_nothing(proxy: Proxy):
    proxy.become(Mode.SLOW)
    sent = bytes(range(256)) * 100
    with _connect(proxy) as connection:
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        got = b""
        while len(got) < len(sent):
            got += connection.recv(10_000)
    assert got == sent
