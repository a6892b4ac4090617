"""The batch entrypoint: a service's method gets many raw messages at once (spikes.md, The batch consumer)."""

from collections.abc import Callable, Sequence
from types import TracebackType

from eventlet.event import Event
from eventlet.greenthread import GreenThread
from nameko.extensions import Entrypoint

from shared.errors import TryAgain
from shared.messaging.feed import Feed
from shared.messaging.nameko.wired import SharedWiring
from shared.messaging.ports import RawMessage

ExcInfo = tuple[type[BaseException], BaseException, TracebackType]


class BatchConsumer(Entrypoint):
    """Runs the service's feed in one green thread of its container; each batch is one worker.

    The service starts with no broker, and stops within a second. What an exception means is ``Feed``'s to say:
    the method only hands the batch to its inbox.
    """

    wiring = SharedWiring()

    def __init__(self, queue: str = "feed") -> None:
        super().__init__(expected_exceptions=(TryAgain,))
        self._queue = queue
        self._feed: Feed | None = None
        self._thread: GreenThread | None = None

    def start(self) -> None:
        """Begin; the connection comes when there is a broker."""
        messaging = self.wiring.value().messaging
        settings = messaging.dead_feed if self._queue == "dead" else messaging.feed
        if settings is None:
            return
        self._feed = Feed(settings, self._work, probe=messaging.probe, declare=messaging.declare)
        self._thread = self.container.spawn_managed_thread(self._feed.run, identifier=f"feed {settings.queue}")

    def stop(self) -> None:
        """End after the batch that is being taken."""
        if self._feed is not None and self._thread is not None:
            self._feed.stop()
            self._thread.wait()

    def kill(self) -> None:
        """End without waiting; what was not acknowledged comes again."""
        if self._feed is not None:
            self._feed.stop()

    def _work(self, messages: Sequence[RawMessage]) -> object:
        """One worker for the batch; returns or raises what the method did."""
        done = Event()

        def hand_back(_context: object, result: object, exc_info: ExcInfo | None) -> tuple[object, ExcInfo | None]:
            if exc_info is None:
                done.send(result)
            else:
                done.send_exception(*exc_info)
            return result, exc_info

        self.container.spawn_worker(self, (messages,), {}, handle_result=hand_back)
        return done.wait()


Mark = Callable[[Callable[..., object]], Callable[..., object]]

batches: Mark = BatchConsumer.decorator
"""Marks the one method of a service that takes its batches."""

dead_batches: Mark = BatchConsumer.decorator("dead")
"""Marks the one method of a hub that takes what the broker gave up (``Inbox.take_dead``)."""
