"""What a service is made of: built once per container, found by its extensions."""

from typing import Protocol

from nameko.extensions import DependencyProvider, SharedExtension

from shared.messaging.parts import Messaging


class Wiring(Protocol):
    """What a service's composition root returns; it adds whatever its pages and timers need."""

    @property
    def messaging(self) -> Messaging:
        """Its messaging."""
        ...

    def close(self) -> None:
        """Let go of everything; called last, when nothing runs any more."""
        ...


class SharedWiring(SharedExtension):
    """Calls the service class's ``wire(config)`` before anything starts, so that a wrong setting ends the start."""

    def __init__(self) -> None:
        self._built: Wiring | None = None

    def setup(self) -> None:
        """Build, and make the embedded broker's queues before anybody publishes."""
        messaging = self.value().messaging
        if messaging.declare is not None and messaging.feed.broker.is_memory:
            messaging.declare()

    def value(self) -> Wiring:
        """The wiring of this container."""
        if self._built is None:
            built: Wiring = self.container.service_cls.wire(self.container.config)
            self._built = built
        return self._built

    def stop(self) -> None:
        """After entrypoints, workers and relay have stopped."""
        if self._built is not None:
            self._built.close()


class Wired(DependencyProvider):
    """Gives a service's methods its wiring: ``wired = Wired()``."""

    wiring = SharedWiring()

    def get_dependency(self, worker_ctx: object) -> Wiring:
        """The wiring itself."""
        return self.wiring.value()
