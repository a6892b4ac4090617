"""The OpenAPI 3.1 document, generated from what is declared; nothing in it is written twice."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields, validate

from shared.contracts.fields import Answers, Country
from shared.errors import CODES
from shared.vocabulary.codes import Answer, Vulnerability
from shared.web.answers import JSON, Media
from shared.web.api import PREFIX, Api
from shared.web.bodies import MEDIA_TYPES
from shared.web.call import Endpoint
from shared.web.problems import PROBLEM_JSON
from shared.web.query import LONGEST_ARGUMENT

Json = dict[str, object]

_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "RFC 9457. «errors» nombra cada campo con su ruta (person.given_name).",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(CODES)},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "state": {"type": "string"},
        "allowed_actions": {"type": "array", "items": {"type": "string"}},
    },
}
_SUCCESS: Final = {200: "Hecho.", 201: "Creado.", 202: "Aceptado.", 204: "Hecho; sin contenido."}
_TEXT = {"type": "string"}
TEXT_PATTERN: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
"""What ``bodies.is_text`` lets pass, in every text without a shape of its own."""


def document(api: Api) -> Json:
    """The whole document as plain JSON values."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title=api.title,
        version=api.version,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={"description": "Horas en UTC (RFC 3339). Errores: application/problem+json, en español o inglés (Accept-Language)."},
        tags=[{"name": tag} for tag in dict.fromkeys(_tag(endpoint) for endpoint in api.endpoints)],
    )
    converter = plugin.converter
    if converter is None:  # pragma: no cover - apispec sets it above
        raise TypeError
    converter.add_attribute_function(_own_fields)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", _PROBLEM)
    paths: dict[str, Json] = {}
    for endpoint in api.endpoints:
        paths.setdefault(PREFIX + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, converter)
    for path, operations in paths.items():
        spec.path(path, operations=operations)
    plain = _plain(spec.to_dict())
    return plain if isinstance(plain, dict) else {}


def statuses(endpoint: Endpoint) -> dict[int, list[str]]:
    """Every status that refuses at this endpoint, with the codes that come under it."""
    codes: list[str] = ["unexpected", "busy"]
    if endpoint.act is not None:
        codes += ["not_authenticated", "not_found", "forbidden"]
        if not endpoint.only_reads:
            codes.append("read_only_token")
    elif endpoint.arguments:
        codes.append("not_found")
    codes.append("length_required")
    if endpoint.takes_body:
        codes += ["too_large", "unsupported_media"]
    if endpoint.limit is not None:
        codes.append("rate_limited")
    codes.append("invalid")
    if endpoint.creating:
        codes.append("key_reused")
    if endpoint.if_match == "required":
        codes.append("precondition_required")
    if endpoint.if_match != "none":
        codes.append("stale")
    found: dict[int, list[str]] = {}
    for code in dict.fromkeys([*codes, *endpoint.refuses]):
        found.setdefault(CODES[code].status, []).append(code)
    return dict(sorted(found.items()))


def _operation(endpoint: Endpoint, converter: OpenAPIConverter) -> Json:
    operation: Json = {
        "operationId": _operation_id(endpoint),
        "summary": endpoint.summary.es,
        "x-summary-en": endpoint.summary.en,
        "tags": [_tag(endpoint)],
        "parameters": list(_parameters(endpoint, converter)),
        "responses": _responses(endpoint),
    }
    if endpoint.act is not None:
        operation["security"] = [{"token": []}]
        operation["x-act"] = endpoint.act
    if endpoint.takes_body:
        operation["requestBody"] = _request_body(endpoint)
    return operation


def _request_body(endpoint: Endpoint) -> Json:
    if endpoint.merge_patch:
        described = f"JSON merge patch (RFC 7396) de {_name(endpoint.body)}" if endpoint.body else "JSON merge patch (RFC 7396)"
        content = {"schema": {"type": "object", "description": described}}
        return {"required": True, "content": dict.fromkeys(MEDIA_TYPES, content)}
    schema: object = endpoint.body or {"type": "object", "additionalProperties": False}
    return {"required": endpoint.needs_body, "content": {JSON: {"schema": schema}}}


def _responses(endpoint: Endpoint) -> Json:
    found: Json = {}
    for status, declared in endpoint.answers.items():
        response: Json = {"description": _SUCCESS.get(status, "Hecho.")}
        if isinstance(declared, Media):
            response["content"] = {declared.content_type.split(";")[0]: {"schema": _TEXT}}
        elif declared is not None:
            response["content"] = {JSON: {"schema": declared}}
        if endpoint.creating:
            response["headers"] = {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}}}
        found[str(status)] = response
    problem = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, codes in statuses(endpoint).items():
        told = [f"{code}: {CODES[code].es}" for code in codes]
        found[str(status)] = {"description": " · ".join(told), "content": problem}
    return found


def _parameters(endpoint: Endpoint, converter: OpenAPIConverter) -> Iterable[object]:
    for name in endpoint.arguments:
        yield {"in": "path", "name": name, "required": True, "schema": {**_TEXT, "minLength": 1, "maxLength": LONGEST_ARGUMENT}}
    yield from converter.schema2parameters(endpoint.query, location="query")
    if endpoint.creating:
        yield _header("Idempotency-Key", "Repetir la llamada con la misma clave no la hace dos veces (24 h).", r"^[\x21-\x7e]{1,200}$")
    if endpoint.if_match != "none":
        required = endpoint.if_match == "required"
        yield _header("If-Match", "La versión que se leyó (ETag).", r'^("[0-9]{1,15}"|\*)$') | {"required": required}


def _header(name: str, description: str, pattern: str) -> Json:
    return {"in": "header", "name": name, "description": description, "schema": {**_TEXT, "pattern": pattern}}


def _own_fields(_converter: OpenAPIConverter, field: fields.Field[object], ret: Json, **_kwargs: object) -> Json:
    """What apispec cannot know: our own field classes, patterns as JSON Schema reads them, text that is text."""
    if isinstance(field, Answers):
        codes = [code.value for code in Vulnerability]
        answers = {"type": "string", "enum": [answer.value for answer in Answer]}
        return {
            "anyOf": [
                {"type": "array", "items": {"type": "string", "enum": codes}},
                {"type": "object", "propertyNames": {"enum": codes}, "additionalProperties": answers},
            ]
        }
    if isinstance(field, Country):
        return {"pattern": "^[A-Z]{2}$"}
    expression = next((check.regex.pattern for check in field.validators if isinstance(check, validate.Regexp)), None)
    if isinstance(expression, str):
        return {"pattern": _ecma(expression)}
    plain = isinstance(field, fields.String) and not {"enum", "format", "pattern"} & set(ret)
    return {"pattern": TEXT_PATTERN} if plain else {}


def _ecma(expression: str) -> str:
    """A Python expression as ECMA 262 writes it: matched from the start, and ``$`` for the very end."""
    return f"^(?:{expression})".replace(r"\Z", "$")


def _plain(value: object) -> object:
    """JSON values only."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return value


def _name(schema: object) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema") or kind.__name__


def _tag(endpoint: Endpoint) -> str:
    return endpoint.tag or endpoint.path.split("/")[1]


def _operation_id(endpoint: Endpoint) -> str:
    return re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path}").strip("_")


