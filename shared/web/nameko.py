"""Serves a WSGI application inside a nameko container, by eventlet. The only module here that knows either."""

import errno
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, runtime_checkable

import eventlet
import structlog
from eventlet import greenio, tpool, wsgi
from eventlet.green import socket, ssl
from nameko.extensions import Entrypoint
from nameko.web.server import parse_address

from shared.errors import Broken, ConfigError
from shared.messaging.nameko.wired import SharedWiring
from shared.web.gate import Gate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

T = TypeVar("T")
ADDRESS_KEY: Final = "WEB_SERVER_ADDRESS"
CERTIFICATE_KEY: Final = "WEB_CERTIFICATE"
PRIVATE_KEY_KEY: Final = "WEB_KEY"
OVER_TLS: Final = {"wsgi.url_scheme": "https", "HTTPS": "on"}
"""What a site is told of a request that came encrypted; eventlet would look at the listening socket, which is plain."""
CONNECTIONS: Final = 1000
STOP_SECONDS: Final = 2.0
"""How long a stop waits for requests under way (spikes.md, HTTP)."""
IDLE_SECONDS: Final = 75
"""A kept-alive connection may rest so long."""
SILENT_SECONDS: Final = 60
"""A caller that sends nothing in the middle of a request is given up after this."""
DISCARD_AT_MOST: Final = 64 * 1024 * 1024
"""Bytes of a refused body that are read away so that the caller sees the answer; beyond, the connection closes."""

_log = structlog.get_logger(__name__)


def off_the_loop(compute: Callable[[], T], /) -> T:
    """The ``Run`` of a service (``shared/security/passwords.py``): a real thread computes, green threads go on."""
    result: T = tpool.execute(compute)
    return result


class _Protocol(wsgi.HttpProtocol):
    """eventlet's, but a connection is not kept while the server stops or when a body is too long to read away."""

    def get_environ(self) -> dict[str, Any]:  # any: what WSGI calls its environment
        environ: dict[str, Any] = super().get_environ()
        if self.server.app.closing or int(self.headers.get("content-length") or 0) > DISCARD_AT_MOST:
            self.close_connection = 1
        return environ


@runtime_checkable
class WithSite(Protocol):
    """A service's wiring, as far as this module needs it."""

    @property
    def site(self) -> "WSGIApplication":
        """The service's whole site (``shared.web.site.build_site``)."""
        ...


class Website(Entrypoint):
    """An entrypoint that is a whole site: the ``site`` of the service's wiring.

    ``start`` listens on ``WEB_SERVER_ADDRESS``, and speaks HTTPS alone where ``WEB_CERTIFICATE`` and ``WEB_KEY`` are
    given; who speaks anything else there, or never finishes the handshake, holds up nobody. ``stop`` answers new requests with 503 and ``Retry-After``, gives
    those under way two seconds, then closes. A broken connection ends its own green thread and nothing else.
    """

    wiring = SharedWiring()

    def __init__(self) -> None:
        super().__init__()
        self._pool = eventlet.GreenPool(CONNECTIONS)
        self._open: set[socket.socket] = set()
        self._gate: Gate | None = None
        self._tls: ssl.SSLContext | None = None

    def start(self) -> None:
        """Listen and accept."""
        wired: object = self.wiring.value()
        if not isinstance(wired, WithSite):
            message = "the wiring of this service has no site"
            raise Broken(message)
        self._gate = Gate(wired.site)
        self._tls = _tls(self.container.config)
        self._socket = eventlet.listen(parse_address(self.container.config[ADDRESS_KEY]))
        self._socket.settimeout(None)
        self._server = wsgi.Server(
            self._socket,
            self._socket.getsockname(),
            self._gate,
            environ=OVER_TLS if self._tls is not None else None,
            protocol=_Protocol,
            log_output=False,
            debug=False,
            keepalive=IDLE_SECONDS,
            socket_timeout=SILENT_SECONDS,
        )
        self._accepting = eventlet.spawn(self._accept)
        _log.info("http.listening", port=self.port)

    @property
    def port(self) -> int:
        """Where it listens: what the configuration says, or what the system chose for port 0."""
        return int(self._socket.getsockname()[1])

    def stop(self) -> None:
        """Stop with grace."""
        if self._gate is None:
            return
        began = time.monotonic()
        self._gate.close()
        finished = self._gate.wait(STOP_SECONDS)
        self._close()
        _log.info("http.stopped", finished=finished, seconds=round(time.monotonic() - began, 2))

    def kill(self) -> None:
        """Stop without grace."""
        if self._gate is not None:
            self._gate.close()
            self._close()

    def _close(self) -> None:
        self._accepting.kill()
        self._socket.close()
        for connection in list(self._open):
            greenio.shutdown_safe(connection)
        for thread in list(self._pool.coroutines_running):
            thread.kill()

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError as error:
                if error.errno == errno.EBADF:
                    return
                _log.warning("http.accept_failed", errno=error.errno)
                eventlet.sleep(0.1)  # out of file descriptors, most likely: let some connections end
                continue
            self._pool.spawn(self._serve, connection, address)

    def _serve(self, connection: "socket.socket", address: object) -> None:
        connection.settimeout(SILENT_SECONDS)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            self._server.process_request([address, connection, wsgi.STATE_IDLE])
        except (OSError, ValueError) as error:  # the caller went away, or sent what is no HTTP, or no TLS
            _log.debug("http.connection_broken", error=type(error).__name__)
        finally:
            self._open.discard(connection)
            connection.close()


def _tls(config: Mapping[str, str]) -> "ssl.SSLContext | None":
    """TLS 1.2 or newer with our certificate; ``ConfigError`` when file and key are not a pair."""
    if CERTIFICATE_KEY not in config:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(config[CERTIFICATE_KEY], config[PRIVATE_KEY_KEY])
    except OSError as error:
        message = f"WEB_CERTIFICATE and WEB_KEY are not a certificate and its key: {error.strerror or type(error).__name__}."
        raise ConfigError(message) from error
    return context


website: Callable[[Callable[..., object]], Callable[..., object]] = Website.decorator
"""Marks the one method of a service that stands for its site; it is never called."""
