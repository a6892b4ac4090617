"""The site of one service: its pages, its API and documentation, its state, health and figures, its static files."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import orjson
import structlog
from flask import Flask, Response, g, request
from jinja2 import FileSystemLoader
from prometheus_client import CollectorRegistry
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.errors import Refused, TryAgain
from shared.observability.health import Check, readiness
from shared.observability.metrics import CONTENT_TYPE, HttpMetrics, exposition
from shared.security.identities import Role
from shared.vocabulary.labels import label
from shared.web import headers, problems
from shared.web.answers import JSON
from shared.web.api import Api
from shared.web.assets import Assets
from shared.web.call import EVERYONE, Words
from shared.web.docs import documentation
from shared.web.languages import country_name, language_name, language_of
from shared.web.openapi import document
from shared.web.pages import DUTIES, Pages
from shared.web.privacy import HIDDEN, hides_names, initials
from shared.web.refusals import as_page, wants_page
from shared.web.roles import ROLE_NAMES
from shared.web.texts import Texts, spoken_now
from shared.web.times import spelled, spelled_day, weekday
from shared.web.visit import FORM_LARGEST, Entry, Goes, Page, Shown, Visit

_HERE: Final = Path(__file__).parent
_UNKNOWN_ROUTE: Final = "-"
_VERBS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class StatusLine:
    """One line of the state. ``good`` None is neither well nor unwell. Nothing about persons.

    ``for_all``: shown also to whoever is not signed in; counts of what was done here are not.
    """

    label: Words
    value: Words
    good: bool | None = None
    for_all: bool = False


@dataclass(frozen=True)
class Site:
    """What a service's wiring gives: ``what`` stands on the first page, ``greeting`` on the start page of who is in.

    ``home`` is the page with which those begin whom the policy lets, instead of the general start page. ``help`` stands
    in every footer, for everybody.
    ``pages`` hold the service's own, ``state`` is asked each time, ``open_entries`` are there for everybody.
    ``checks`` decide whether it is ready, ``cautions`` only stand beside them. ``templates``, ``static`` and ``locale``
    are further folders of the service's own. ``proxies`` is how many reverse proxies stand before it: so many of the
    addresses that they add are believed.
    """

    what: Words
    greeting: Words
    pages: Pages
    api: Api
    registry: CollectorRegistry
    zone: ZoneInfo
    home: Entry | None = None
    help: Entry | None = None
    checks: Sequence[Check] = ()
    state: Callable[[], Sequence[StatusLine]] = tuple
    open_entries: Sequence[Entry] = ()
    templates: Sequence[Path] = ()
    static: Sequence[Path] = ()
    cautions: Sequence[Check] = ()
    locale: Sequence[Path] = ()
    proxies: int = 0


def build_site(site: Site) -> Flask:
    """Put it all together; the result is a WSGI application."""
    app = Flask("shared.web", static_folder=None)
    app.config.update(PROPAGATE_EXCEPTIONS=False, PROVIDE_AUTOMATIC_OPTIONS=False, MAX_FORM_MEMORY_SIZE=FORM_LARGEST)
    app.url_map.merge_slashes = False
    app.jinja_loader = FileSystemLoader([_HERE / "templates", *site.templates])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _watch(app, HttpMetrics(site.registry))
    headers.mount(app)
    _refuse_in_one_way(app)
    Assets([_HERE / "static", *site.static]).mount(app)
    Texts([_HERE / "locale", *site.locale]).mount(app)
    _write(app, site.zone)
    _shield(app)
    app.jinja_env.globals["help"] = site.help
    site.api.mount(app)
    site.pages.add(*_own_pages(site))
    site.pages.mount(app)
    _tell(app, site)
    if site.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way to wrap it
            app.wsgi_app, x_for=site.proxies, x_proto=site.proxies
        )
    return app


def _own_pages(site: Site) -> tuple[Page, ...]:
    """The first page, the state and the API's documentation: for everybody, with more for who is in."""
    docs = documentation(document(site.api))

    def first(visit: Visit) -> Shown | Goes:
        if visit.visitor is None:
            return Shown("ui/welcome.html", {"what": site.what, "open_entries": site.open_entries})
        if visit.visitor.due is not None:
            return Goes(DUTIES[visit.visitor.due])
        if site.home in site.pages.entries(visit.visitor) and site.home is not None:
            return Goes(site.home.path)
        return Shown("ui/home.html", {"greeting": site.greeting, "open_entries": site.open_entries})

    def state(visit: Visit) -> Shown:
        inside = visit.visitor is not None and visit.visitor.is_in
        lines = [line for line in site.state() if line.for_all or inside]
        return Shown("ui/status.html", {"lines": lines, "ready": readiness(site.checks, site.cautions)})

    def documented(_visit: Visit) -> Shown:
        return Shown("ui/docs.html", {"docs": docs})

    return (
        Page("GET", "/", EVERYONE, first, Words("Inicio", "Start")),
        Page("GET", "/estado", EVERYONE, state, Words("Estado del servicio", "State of the service")),
        Page("GET", "/api/docs", EVERYONE, documented, Words("API", "API")),
    )


def _write(app: Flask, zone: ZoneInfo) -> None:
    """How templates write times, days, codes, roles and long keys."""

    def when(at: datetime, there: ZoneInfo = zone) -> str:
        return spelled(at, there, spoken_now())

    def day(on: date) -> str:
        return spelled_day(on, spoken_now())

    def day_of_week(on: date) -> str:
        return weekday(on, spoken_now())

    def labelled(code: str, vocabulary: str) -> str:
        return label(vocabulary, code, spoken_now())

    def role(name: str) -> str:
        return ROLE_NAMES[Role(name)].text(spoken_now())

    def groups(text: str) -> str:
        return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

    def tongue(code: str) -> str:
        return language_name(code, spoken_now())

    def country(code: str) -> str:
        return country_name(code, spoken_now())

    app.jinja_env.filters.update(when=when, day=day, weekday=day_of_week, role=role, groups=groups)
    app.jinja_env.filters.update(label=labelled, tongue=tongue, country=country)


def _shield(app: Flask) -> None:
    """Persons in templates: every name goes through ``person``; papers, telephones and the like through ``shielded``."""

    def person(name: str) -> str:
        return initials(name) if hides_names(request) else name

    def shielded(told: str) -> str:
        return HIDDEN if hides_names(request) else told

    app.jinja_env.filters.update(person=person, shielded=shielded)


def _tell(app: Flask, site: Site) -> None:
    """What programs ask without a user."""
    as_json = orjson.dumps(document(site.api))

    def health() -> Response:
        return Response(b'{"status":"alive"}', content_type=JSON)

    def readyz() -> Response:
        found = readiness(site.checks, site.cautions)
        body = {"status": found.status, "checks": {name: reason or "ok" for name, reason in found.found.items()}}
        return Response(orjson.dumps(body), 200 if found.ready else 503, content_type=JSON)

    app.add_url_rule("/api/openapi.json", view_func=lambda: Response(as_json, content_type=JSON), endpoint="openapi")
    app.add_url_rule("/healthz", view_func=health, endpoint="health")
    app.add_url_rule("/readyz", view_func=readyz, endpoint="ready")
    app.add_url_rule(
        "/metrics", view_func=lambda: Response(exposition(site.registry), content_type=CONTENT_TYPE), endpoint="metrics"
    )


def _refuse_in_one_way(app: Flask) -> None:
    """The same refusals for all: a page for a person at a browser, a problem document for everything else."""

    def fault(error: Exception) -> Response:
        _log.error("http.fault", verb=request.method, route=_route(), exc_info=error)
        return _for_asker(problems.of_fault(language_of(request)))

    app.register_error_handler(Refused, lambda error: _for_asker(problems.of_refusal(error, language_of(request))))
    app.register_error_handler(TryAgain, lambda error: _for_asker(problems.of_delay(error, language_of(request))))
    app.register_error_handler(HTTPException, lambda error: _for_asker(problems.of_http(error, language_of(request))))
    app.register_error_handler(Exception, fault)


def _for_asker(problem: Response) -> Response:
    return as_page(problem) if wants_page(request) else problem


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
