"""A TCP proxy that can be cut, held half-open, slowed, made one-way or flapping, between a service and its server."""

import contextlib
import socket
import threading
import time
from enum import StrEnum

CHUNK = 4096
SLOW_PAUSE = 0.02
"""Seconds per chunk in each direction while slow: about 200 kB/s, some hundred times slower than here."""
FLAP_EVERY = 0.5


class Mode(StrEnum):
    """What happens to whoever goes through."""

    OPEN = "open"
    CUT = "cut"
    """Connections are reset, new ones refused: the cable is out and both ends notice."""
    HALF_OPEN = "half_open"
    """Connections stand, and nothing passes: the peer has gone and nobody was told."""
    ONE_WAY = "one_way"
    """What is sent arrives; what is answered does not."""
    SLOW = "slow"
    FLAPPING = "flapping"
    """Every half second all connections are reset; new ones pass."""


class Proxy:
    """Listens on a port of its own, ``port``, and leads to ``target`` on this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._mode = Mode.OPEN
        self._changed = threading.Condition()
        self._pairs: set[_Pair] = set()
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._flap, daemon=True).start()

    @property
    def mode(self) -> Mode:
        """What holds now."""
        return self._mode

    def become(self, mode: Mode) -> None:
        """Change over at once. What half-open connections kept back passes when they are opened again."""
        with self._changed:
            self._mode = mode
            self._changed.notify_all()
        if mode is Mode.CUT:
            self.reset()

    def reset(self) -> None:
        """End every connection that stands, as a router that forgets them."""
        for pair in list(self._pairs):
            pair.end()

    def close(self) -> None:
        """End everything."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._listener.close()
        self.reset()

    def passes(self, *, answering: bool) -> bool:
        """Whether bytes of this direction pass now; waits while they do not. False when the proxy is closed."""
        held = {Mode.HALF_OPEN, Mode.ONE_WAY} if answering else {Mode.HALF_OPEN}
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._mode not in held)
            return not self._closed

    def forget(self, pair: "_Pair") -> None:
        """A connection has ended."""
        self._pairs.discard(pair)

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._mode is Mode.CUT:
                _reset(client)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                _reset(client)
                continue
            server.settimeout(None)
            pair = _Pair(self, client, server)
            self._pairs.add(pair)
            pair.begin()

    def _flap(self) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._mode is Mode.FLAPPING)
                self._changed.wait(FLAP_EVERY)
            if self._mode is Mode.FLAPPING:
                self.reset()


class _Pair:
    """One connection on both sides of the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server

    def begin(self) -> None:
        for source, sink, answering in ((self._client, self._server, False), (self._server, self._client, True)):
            threading.Thread(target=self._pump, args=(source, sink, answering), daemon=True).start()

    def end(self) -> None:
        self._proxy.forget(self)
        _reset(self._client)
        _reset(self._server)

    def _pump(self, source: socket.socket, sink: socket.socket, answering: bool) -> None:
        try:
            while chunk := source.recv(CHUNK):
                if not self._proxy.passes(answering=answering):
                    break
                if self._proxy.mode is Mode.SLOW:
                    time.sleep(SLOW_PAUSE)
                sink.sendall(chunk)
        except OSError:
            pass  # either end has gone: so does the other
        self.end()


def _reset(one: socket.socket) -> None:
    """Close with RST, whatever is still on its way."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        one.shutdown(socket.SHUT_RDWR)
    one.close()
