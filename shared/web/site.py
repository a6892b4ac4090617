"""The site of one service: its API, its documentation, its state, its health, its figures, its static files."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
import structlog
from flask import Flask, Response, g, render_template, request
from prometheus_client import CollectorRegistry
from werkzeug.exceptions import HTTPException

from shared.errors import Refused, TryAgain
from shared.observability.health import Check, readiness
from shared.observability.metrics import CONTENT_TYPE, HttpMetrics, exposition
from shared.web import headers, problems
from shared.web.answers import JSON
from shared.web.api import Api
from shared.web.assets import Assets
from shared.web.call import Words
from shared.web.docs import documentation
from shared.web.languages import language_of
from shared.web.openapi import document
from shared.web.texts import Texts

_HERE: Final = Path(__file__).parent
_UNKNOWN_ROUTE: Final = "-"
_VERBS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class StatusLine:
    """One line of the state on the first page. ``good`` None is neither well nor unwell. Nothing about persons."""

    label: Words
    value: Words
    good: bool | None = None


@dataclass(frozen=True)
class Site:
    """What a service's wiring gives: ``name`` and ``what`` stand on the first page, ``state`` is asked each time.

    ``checks`` decide whether it is ready, ``notices`` only stand beside them. ``static`` and ``locale`` are further
    folders of the service's own.
    """

    name: Words
    what: Words
    api: Api
    registry: CollectorRegistry
    checks: Sequence[Check] = ()
    state: Callable[[], Sequence[StatusLine]] = tuple
    notices: Sequence[Check] = ()
    static: Sequence[Path] = ()
    locale: Sequence[Path] = field(default_factory=tuple)


def build_site(site: Site) -> Flask:
    """Put it all together; the result is a WSGI application (its ``wsgi_app``), and further pages may be added."""
    app = Flask("shared.web", static_folder=None, template_folder=str(_HERE / "templates"))
    app.config.update(PROPAGATE_EXCEPTIONS=False, PROVIDE_AUTOMATIC_OPTIONS=False, MAX_FORM_MEMORY_SIZE=64 * 1024)
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _watch(app, HttpMetrics(site.registry))
    headers.mount(app)
    _refuse_in_one_way(app)
    Assets([_HERE / "static", *site.static]).mount(app)
    Texts([_HERE / "locale", *site.locale]).mount(app)
    site.api.mount(app)
    _tell(app, site)
    return app


def _tell(app: Flask, site: Site) -> None:
    told = document(site.api)
    as_json = orjson.dumps(told)
    pages = documentation(told)

    def first_page() -> str:
        language = language_of(request)
        ready = readiness(site.checks)
        return render_template(
            "ui/status.html", name=site.name.text(language), what=site.what.text(language), lines=site.state(), ready=ready
        )

    def docs() -> str:
        return render_template("ui/docs.html", name=site.name.text(language_of(request)), docs=pages)

    def health() -> Response:
        return Response(b'{"status":"alive"}', content_type=JSON)

    def readyz() -> Response:
        found = readiness(site.checks, site.notices)
        body = {
            "status": "ready" if found.ready else "not ready",
            "checks": {name: reason or "ok" for name, reason in found.reasons.items()},
            "notices": {name: notice for name, notice in found.notices.items() if notice},
        }
        return Response(orjson.dumps(body), 200 if found.ready else 503, content_type=JSON)

    app.add_url_rule("/", view_func=first_page, endpoint="first page")
    app.add_url_rule("/api/docs", view_func=docs, endpoint="docs")
    app.add_url_rule("/api/openapi.json", view_func=lambda: Response(as_json, content_type=JSON), endpoint="openapi")
    app.add_url_rule("/healthz", view_func=health, endpoint="health")
    app.add_url_rule("/readyz", view_func=readyz, endpoint="ready")
    app.add_url_rule(
        "/metrics", view_func=lambda: Response(exposition(site.registry), content_type=CONTENT_TYPE), endpoint="metrics"
    )


def _refuse_in_one_way(app: Flask) -> None:
    app.register_error_handler(Refused, lambda error: problems.of_refusal(error, language_of(request)))
    app.register_error_handler(TryAgain, lambda error: problems.of_delay(error, language_of(request)))
    app.register_error_handler(HTTPException, lambda error: problems.of_http(error, language_of(request)))

    def fault(error: Exception) -> Response:
        _log.error("http.fault", verb=request.method, route=_route(), exc_info=error)
        return problems.of_fault(language_of(request))

    app.register_error_handler(Exception, fault)


def _watch(app: Flask, metrics: HttpMetrics) -> None:
    """Count and log every answer, by its route's pattern: an address may hold a claim code, a query a name."""

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.began
        verb = request.method if request.method in _VERBS else _UNKNOWN_ROUTE
        metrics.answered(verb=verb, route=_route(), http_status=response.status_code, seconds=seconds)
        _log.info("http.answered", verb=verb, route=_route(), http_status=response.status_code, ms=round(seconds * 1000, 1))
        return response

    app.before_request(begin)
    app.after_request(end)


def _route() -> str:
    return request.url_rule.rule if request.url_rule is not None else _UNKNOWN_ROUTE
