"""The one mapper from a refusal to ``application/problem+json`` (RFC 9457)."""

from collections.abc import Mapping
from typing import Final

import orjson
from flask import Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from shared.errors import CODES, Refused, TryAgain

PROBLEM_JSON: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:ventanilla:problem:"

_BY_STATUS = {
    404: "not_found", 405: "method_not_allowed", 411: "length_required", 413: "too_large", 415: "unsupported_media",
    429: "rate_limited", 503: "busy",
}
_RETRY_AFTER = {"busy": 5, "rate_limited": 60, "no_directory": 60}
"""Seconds named in ``Retry-After``: a lock passes soon, a rate window and a directory take a minute."""


def of_refusal(refused: Refused, language: str) -> Response:
    """The answer to what a person can act on."""
    document: dict[str, object] = dict(refused.extra)
    document |= _head(refused.code, refused.status, refused.text(language))
    if refused.fields or refused.status == 422:
        document["errors"] = refused.fields
    if refused.state is not None:
        document["state"] = refused.state
    if refused.allowed is not None:
        document["allowed_actions"] = refused.allowed
    response = _response(document, refused.status)
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="ventanilla"'
    wait = refused.wait or _RETRY_AFTER.get(refused.code)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def of_delay(fault: TryAgain, language: str) -> Response:
    """The answer to a fault that passes: 503, with when to come again."""
    response = of_refusal(Refused("busy"), language)
    response.headers["Retry-After"] = str(max(1, round(fault.retry_after)))
    return response


def of_http(error: HTTPException, language: str) -> Response:
    """The answer to what Flask refused before any endpoint was asked (no such address, method not allowed)."""
    status = error.code or 500
    name = _BY_STATUS.get(status, "bad_request")
    code = CODES[name]
    response = _response(_head(name, status, code.en if language == "en" else code.es), status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def of_fault(language: str) -> Response:
    """The answer to a fault of ours: nothing of it is shown."""
    code = CODES["unexpected"]
    return _response(_head("unexpected", code.status, code.en if language == "en" else code.es), code.status)


def _head(code: str, status: int, title: str) -> dict[str, object]:
    return {"type": TYPE_PREFIX + code, "title": title, "status": status, "code": code}


def _response(document: Mapping[str, object], status: int) -> Response:
    return Response(orjson.dumps(document), status, content_type=PROBLEM_JSON)
