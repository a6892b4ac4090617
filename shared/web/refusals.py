"""A refusal as people at a browser read it; programs get ``application/problem+json`` (problems.py)."""

from typing import Final

from flask import Request, Response, render_template

_FOR_PROGRAMS: Final = ("/api/", "/healthz", "/readyz", "/metrics")


def wants_page(asked: Request) -> bool:
    """Whether a person at a browser asks: they say so by name, and no program's address is meant."""
    accepts = asked.accept_mimetypes
    by_name = any(kind == "text/html" and quality > 0 for kind, quality in accepts)
    return by_name and not asked.path.startswith(_FOR_PROGRAMS)


def as_page(problem: Response) -> Response:
    """The same refusal as a page: its sentence, and what to do now."""
    told = problem.get_json()
    html = render_template(
        "ui/refused.html", said=told["title"], status=problem.status_code, wait=problem.headers.get("Retry-After")
    )
    page = Response(html, problem.status_code, content_type="text/html; charset=utf-8")
    for name in ("Retry-After", "Allow"):
        if name in problem.headers:
            page.headers[name] = problem.headers[name]
    return page
