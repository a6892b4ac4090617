"""Numbers for Prometheus. A label holds a code or a route's pattern, never what somebody typed or who somebody is."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Around the budget of 100 ms at p95."""


def new_registry() -> CollectorRegistry:
    """A registry of one service (a demo runs several in one process), with the process's own figures."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def exposition(registry: CollectorRegistry) -> bytes:
    """All figures as Prometheus reads them."""
    return generate_latest(registry)


class HttpMetrics:
    """Requests by verb, route pattern (``/api/v1/cases/<id>``) and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "ventanilla_http_requests", "Requests answered.", ("verb", "route", "http_status"), registry=registry
        )
        self._seconds = Histogram(
            "ventanilla_http_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=registry
        )

    def answered(self, *, verb: str, route: str, http_status: int, seconds: float) -> None:
        """Count one answer. ``verb`` must be one of HTTP's, ``route`` a pattern."""
        self._requests.labels(verb, route, str(http_status)).inc()
        self._seconds.labels(route).observe(seconds)
