"""A wire to a server that can be cut and mended: a TCP forwarder of the tests' own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import free_port


class Wire:
    """Nobody answers at ``port`` until ``open``; within it, whoever connects there reaches the target."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self._target = target_port

    @contextmanager
    def open(self) -> Iterator[None]:
        """Connected; at the end all connections are cut."""
        ends: list[socket.socket] = []
        listener = socket.create_server(("127.0.0.1", self.port))
        accepting = threading.Thread(target=self._accept, args=(listener, ends), daemon=True)
        accepting.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            accepting.join(5)
            for end in ends:
                end.close()

    def _accept(self, listener: socket.socket, ends: list[socket.socket]) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while some := source.recv(65536):
            target.sendall(some)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # cut
