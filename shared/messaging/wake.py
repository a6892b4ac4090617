"""Tells a sleeping loop that there is work, from any thread, green or not."""

import select
import socket


class Wake:
    """A pair of sockets to oneself: setting is one byte sent, waiting one ``select``, and many settings wake once.

    Not an event: a green event set from another system thread is never heard. Not a pipe: two green threads that
    write to one pipe at the same moment fail in eventlet, which waits even where nothing can block; a
    non-blocking socket is sent to at once.
    """

    def __init__(self) -> None:
        self._out, self._in = socket.socketpair()
        self._out.setblocking(False)
        self._in.setblocking(False)

    def set(self) -> None:
        """Wake the one who waits, or the next who will; nothing after ``close``."""
        if self._in.fileno() < 0:
            return
        try:
            self._in.send(b"!")
        except BlockingIOError:
            pass  # full of wakes that nobody has read yet: one more says nothing new

    def wait(self, seconds: float) -> bool:
        """Whether it was set, now or within ``seconds``."""
        ready, _, _ = select.select([self._out], [], [], seconds)
        if not ready:
            return False
        try:
            self._out.recv(65536)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go of the sockets."""
        self._in.close()
        self._out.close()
