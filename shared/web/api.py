"""The API of a service: endpoints declared, and one order of refusals for all of them.

contracts.md, HTTP: 401; 404; 403; 411, 413, 415; 422 (every bad field named); 412 / 428; 409. The first is asked of
``authenticate``, the next two of the policy, then the body is read; what is left is the use case's to say.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from flask import Flask, Request, Response, request

from shared.errors import Broken, Refused
from shared.persistence.perform import Rendered
from shared.security.identities import Actor, Scope
from shared.security.policy import ACTS, check
from shared.web.answers import response
from shared.web.bodies import Errors, faults, load, read_body
from shared.web.call import Call, Endpoint, Nothing
from shared.web.etags import IfMatch, parse_if_match
from shared.web.languages import language_of
from shared.web.limits import Limit, Limiter
from shared.web.query import checked_arguments, load_query

PREFIX: Final = "/api/v1"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/=-]{1,500}) *")
_JUST_NOTHING = Nothing()

Authenticate = Callable[[str | None], Actor | None]
"""Who holds this bearer token (None: no token came); None when nobody does."""


class Api:
    """The endpoints of one service, served below ``/api/v1``.

    ``public_url`` is the address that callers use (for ``next``); without it the request's own.
    """

    def __init__(
        self,
        *,
        title: str,
        version: str,
        authenticate: Authenticate,
        public_url: str | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self.title = title
        self.version = version
        self._authenticate = authenticate
        self._public_url = public_url.rstrip("/") if public_url else None
        self._limiter = limiter or Limiter()
        self._endpoints: list[Endpoint] = []

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """All that were declared, in order."""
        return tuple(self._endpoints)

    def add(self, *endpoints: Endpoint) -> None:
        """Declare endpoints; one whose act the policy does not know, or whose object nothing finds, is our fault."""
        for endpoint in endpoints:
            if endpoint.act is not None and (endpoint.act not in ACTS or endpoint.about is None):
                message = f"{endpoint.method} {endpoint.path} needs a policy row and an object"
                raise Broken(message)
            if endpoint.limit is not None:
                Limit.of(endpoint.limit)
        self._endpoints += endpoints

    def mount(self, app: Flask) -> None:
        """Give every endpoint its address in ``app``."""
        for endpoint in self._endpoints:
            app.add_url_rule(
                PREFIX + re.sub(r"{(\w+)}", r"<\1>", endpoint.path),
                endpoint=f"{endpoint.method} {endpoint.path}",
                view_func=self._view(endpoint),
                methods=[endpoint.method],
            )

    def _view(self, endpoint: Endpoint) -> Callable[..., Response]:
        def view(**args: str) -> Response:
            return self._answer(endpoint, request, args)

        return view

    def _answer(self, endpoint: Endpoint, asked: Request, args: dict[str, str]) -> Response:
        user = self._user(endpoint, asked)
        self._limiter.check(endpoint.limit, f"{endpoint.method} {endpoint.path}", user.user if user else asked.remote_addr or "")
        call = Call(
            endpoint=endpoint,
            user=user,
            args=checked_arguments(args),
            path=endpoint.address(PREFIX, args),
            host=self._public_url or asked.host_url.rstrip("/"),
            language=language_of(asked),
        )
        if endpoint.act is not None and endpoint.about is not None:
            check(call.actor, endpoint.act, endpoint.about(call))
            if call.actor.scope is Scope.READ and not endpoint.only_reads:
                raise Refused("read_only_token")
        call = _read(call, asked)
        if endpoint.if_match == "required" and call.if_match is None:
            raise Refused("precondition_required")
        answer = endpoint.view(call)
        rendered = answer if isinstance(answer, Rendered) else call.rendered(answer)
        return response(rendered, endpoint.answers)

    def _user(self, endpoint: Endpoint, asked: Request) -> Actor | None:
        if endpoint.act is None:
            return None
        header = _BEARER.fullmatch(asked.headers.get("Authorization", ""))
        actor = self._authenticate(header[1] if header else None)
        if actor is None:
            raise Refused("not_authenticated")
        return actor


def _read(call: Call, asked: Request) -> Call:
    """Body, query and headers: 411, 413 and 415 first, then every bad field of all three together."""
    endpoint = call.endpoint
    raw, body, errors = _read_body(endpoint, asked)
    query, bad = load_query(endpoint.query, asked.args)
    errors |= bad
    if_match, key = _headers(endpoint, asked, errors)
    if errors:
        raise Refused("invalid", fields=errors)
    return replace(
        call,
        raw=raw,
        loaded_body=body,
        loaded_query=query,
        asked=dict(asked.args.lists()),
        if_match=if_match,
        idempotency_key=key,
    )


def _read_body(endpoint: Endpoint, asked: Request) -> tuple[object, object, Errors]:
    if not endpoint.takes_body:
        if "Transfer-Encoding" in asked.headers:
            raise Refused("length_required")
        return None, None, {}
    raw = read_body(asked, largest=endpoint.largest, required=endpoint.needs_body)
    if endpoint.merge_patch:
        return raw, None, _faults_of_patch(raw)
    body, errors = load(endpoint.body or _JUST_NOTHING, raw)
    return raw, body, errors


def _faults_of_patch(raw: object) -> Errors:
    if not isinstance(raw, dict):
        return {"body": ["Se esperaba un objeto."]}
    return faults(raw)


def _headers(endpoint: Endpoint, asked: Request, errors: Errors) -> tuple[IfMatch | None, str | None]:
    if_match = None
    if endpoint.if_match != "none":
        try:
            if_match = parse_if_match(asked.headers.get("If-Match"))
        except ValueError:
            errors["If-Match"] = ['Envíe la versión que leyó, entre comillas (como "7").']
    key = asked.headers.get("Idempotency-Key") if endpoint.creating else None
    if key is not None and not _KEY.fullmatch(key):
        errors["Idempotency-Key"] = ["Use de 1 a 200 caracteres visibles."]
    return if_match, key
