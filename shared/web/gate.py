"""Lets a server stop without cutting anybody off: counts what is under way, then answers 503."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RETRY_AFTER: Final = 5
"""Seconds after which a restarted service usually answers again."""
_STOPPING_PAGE: Final = (
    '<!doctype html><html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>Un momento</title></head><body><h1>El servicio se está reiniciando</h1><p>Intente de nuevo en unos segundos. Lo guardado "
    'sigue guardado.</p><p lang="en">The service is restarting. Try again in some seconds; what was saved is still saved.</p></body></html>'
).encode()
_STOPPING: Final = (
    '{"type":"urn:ventanilla:problem:busy","title":"El servicio se está reiniciando. Intente de nuevo en unos segundos.",'
    '"status":503,"code":"busy"}'
).encode()


class Gate:
    """WSGI middleware around the whole site of a service.

    Counts requests until their response is closed. Once ``close`` was called every new one gets 503 with
    ``Retry-After``; ``wait`` returns when those under way have ended or the time is up.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._idle = threading.Condition()
        self._under_way = 0
        self.closing = False

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if self.closing:
            page = "text/html" in environ.get("HTTP_ACCEPT", "")
            body = _STOPPING_PAGE if page else _STOPPING
            headers = [
                ("Content-Type", "text/html; charset=utf-8" if page else "application/problem+json"),
                ("Content-Length", str(len(body))),
                ("Retry-After", str(RETRY_AFTER)),
                ("Cache-Control", "no-store"),
            ]
            start_response("503 Service Unavailable", headers)
            return [body]
        self._enter()
        try:
            return _Counted(self._app(environ, start_response), self._leave)
        except BaseException:
            self._leave()
            raise

    def close(self) -> None:
        """From now on, 503."""
        self.closing = True

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is under way, at most ``seconds``; whether that came about."""
        until = time.monotonic() + seconds
        with self._idle:
            while self._under_way:
                left = until - time.monotonic()
                if left <= 0 or not self._idle.wait(left):
                    return self._under_way == 0
        return True

    def _enter(self) -> None:
        with self._idle:
            self._under_way += 1

    def _leave(self) -> None:
        with self._idle:
            self._under_way -= 1
            self._idle.notify_all()


class _Counted:
    """A response body that says when it was closed, once."""

    def __init__(self, body: Iterable[bytes], leave: Callable[[], None]) -> None:
        self._body = body
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Close the body within, and leave the gate."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            leave, self._leave = self._leave, None
            if leave is not None:
                leave()
