"""Tells a sleeping loop that there is work, from any thread, green or not."""

import os
import select


class Wake:
    """A pipe to oneself: setting is one write, waiting one ``select``, and many settings wake once.

    A pipe and not an event: a green event set from another system thread is never heard.
    """

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)
        os.set_blocking(self._in, False)

    def set(self) -> None:
        """Wake the one who waits, or the next who will; nothing after ``close``."""
        if self._in < 0:
            return
        try:
            os.write(self._in, b"!")
        except BlockingIOError:
            pass  # full of wakes that nobody has read yet: one more says nothing new

    def wait(self, seconds: float) -> bool:
        """Whether it was set, now or within ``seconds``."""
        ready, _, _ = select.select([self._out], [], [], seconds)
        if not ready:
            return False
        try:
            os.read(self._out, 65536)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go of the pipe."""
        for end in (self._in, self._out):
            if end >= 0:
                os.close(end)
        self._in = self._out = -1
