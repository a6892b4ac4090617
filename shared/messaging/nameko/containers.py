"""Runs several services in one process, each with its own settings (spikes.md, Embedded)."""

import signal
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

import eventlet
import structlog
from eventlet import patcher, tpool
from eventlet.event import Event
from eventlet.green import socket as green_socket
from eventlet.greenpool import GreenPool
from eventlet.timeout import Timeout

STOP_SECONDS = 2.5
"""For all services together; who is not done then is ended."""

log = structlog.get_logger()


def prepare() -> None:
    """Make waiting green in this whole process: sockets, names, locks, sleeps, and psycopg2's queries.

    To be called first of all, before services are imported. Calling it again does nothing.
    """
    eventlet.monkey_patch()
    socket.getaddrinfo = green_socket.getaddrinfo = _addresses  # type: ignore[assignment]  # the same, less closely typed
    from eventlet.hubs import trampoline
    from psycopg2 import OperationalError, extensions

    def wait(connection: extensions.connection) -> None:
        while True:
            state = connection.poll()
            if state == extensions.POLL_OK:
                return
            if state not in {extensions.POLL_READ, extensions.POLL_WRITE}:
                message = "PostgreSQL answered out of turn"
                raise OperationalError(message)
            trampoline(
                connection.fileno(),
                read=state == extensions.POLL_READ,
                write=state == extensions.POLL_WRITE,
            )

    extensions.set_wait_callback(wait)


def _addresses(host: "str | None", *what: Any, **more: Any) -> Any:
    """``socket.getaddrinfo``: names are asked of the system in a real thread, for an answer may take seconds offline."""
    real = patcher.original("socket")
    try:
        ip_address(host or "")
    except ValueError:
        return tpool.execute(real.getaddrinfo, host, *what, **more)
    return real.getaddrinfo(host, *what, **more)


class Containers:
    """Some services of this process: started in turn, stopped together."""

    def __init__(self) -> None:
        # nameko reads its own settings at import, and must find a patched world
        from nameko.containers import ServiceContainer

        self._make = ServiceContainer
        self._running: list[ServiceContainer] = []
        self._asked = Event()

    def start(self, service: type, config: Mapping[str, object]) -> None:
        """Start one service with its own config; raises what its wiring or its set-up raises."""
        container = self._make(service, dict(config))
        container.start()
        self._running.append(container)

    def run(self) -> None:
        """Until Ctrl-C, SIGTERM, ``ask_to_stop``, or a service that dies (its exception is raised); then stop all."""
        for number in (signal.SIGINT, signal.SIGTERM):
            # a handler may not switch green threads, so it only asks
            signal.signal(number, lambda *_: eventlet.spawn_after(0, self.ask_to_stop))
        for container in self._running:
            eventlet.spawn(self._watch, container)
        try:
            self._asked.wait()
        finally:
            self.stop()

    def ask_to_stop(self) -> None:
        """End ``run``. May be called often, from any green thread."""
        if not self._asked.ready():
            self._asked.send(None)

    def stop(self) -> None:
        """Stop all together within ``STOP_SECONDS``, then end who is left. Nothing unfinished is lost by it."""
        pool = GreenPool(max(1, len(self._running)))
        with Timeout(STOP_SECONDS, exception=False):
            for container in self._running:
                pool.spawn_n(container.stop)
            pool.waitall()
        for container in self._running:
            if container.started:
                log.warning("container.killed", service=container.service_name)
                container.kill()
        self._running = []

    def _watch(self, container: "object") -> None:
        try:
            container.wait()  # type: ignore[attr-defined]  # nameko has no types
        except Exception as error:  # noqa: BLE001 - handed to whoever runs the process
            if not self._asked.ready():
                self._asked.send_exception(error)
        else:
            self.ask_to_stop()
