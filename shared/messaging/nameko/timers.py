"""A method of a service, called again and again."""

import random
from collections.abc import Callable

import structlog
from eventlet.event import Event
from eventlet.greenthread import GreenThread
from eventlet.timeout import Timeout
from nameko.extensions import Entrypoint

log = structlog.get_logger()


class Every(Entrypoint):
    """Calls the method every ``seconds``, the first time soon after the start; never twice at once.

    Late: a call that takes longer than the interval delays the next one, none is made up for. A call that fails
    is said by nameko in the log and made again at the next turn. The interval varies by a tenth, so that two
    hundred windows that were started by one power cut do not speak in unison.
    """

    def __init__(self, seconds: float, *, first: float = 0.5) -> None:
        super().__init__()
        self._seconds = seconds
        self._first = first
        self._stop = Event()
        self._thread: GreenThread | None = None

    def start(self) -> None:
        """Begin to count."""
        self._thread = self.container.spawn_managed_thread(self._run, identifier=f"every {self._seconds:g} s")

    def stop(self) -> None:
        """No further call; one that runs is finished."""
        self.kill()
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        """No further call."""
        if not self._stop.ready():
            self._stop.send(None)

    def _run(self) -> None:
        wait = self._first
        while not self._stopped(wait):
            done = Event()
            self.container.spawn_worker(self, (), {}, handle_result=self._when(done))
            done.wait()
            wait = self._seconds * random.uniform(0.9, 1.1)  # noqa: S311 - a jitter is no secret

    def _when(self, done: Event) -> Callable[[object, object, object], tuple[object, object]]:
        def handle(_context: object, result: object, exc_info: object) -> tuple[object, object]:
            done.send(None)
            return result, exc_info

        return handle

    def _stopped(self, seconds: float) -> bool:
        with Timeout(seconds, exception=False):
            self._stop.wait()
            return True
        return False


def every(seconds: float, *, first: float = 0.5) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Marks a method that is called every ``seconds``; ``first`` is when the first call is made."""
    mark: Callable[[Callable[..., object]], Callable[..., object]] = Every.decorator(seconds, first=first)
    return mark
