"""The documentation page's content, read from the OpenAPI document: small values that a template can loop over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from shared.web.call import Words
from shared.web.openapi import TEXT_PATTERN

Json = Mapping[str, object]
_METHODS = ("get", "post", "put", "patch", "delete")
_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "maxItems", "pattern")


@dataclass(frozen=True)
class Value:
    """One parameter or field: its name, its type in words, and whether it must be there."""

    name: str
    kind: str
    required: bool
    where: str = ""
    shape: str | None = None


@dataclass(frozen=True)
class Outcome:
    """One status, what it means, and the shape of its body if we describe one."""

    status: str
    text: str
    shape: str | None
    good: bool


@dataclass(frozen=True)
class Operation:
    """One call."""

    id: str
    method: str
    path: str
    summary: Words
    act: str | None
    parameters: tuple[Value, ...]
    shape: str | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Shape:
    """One object that goes in or out."""

    name: str
    fields: tuple[Value, ...]


@dataclass(frozen=True)
class Documentation:
    """All calls by group, and all shapes."""

    title: str
    version: str
    groups: Mapping[str, tuple[Operation, ...]]
    shapes: tuple[Shape, ...]


def documentation(document: Json) -> Documentation:
    """Read the whole document."""
    groups: dict[str, tuple[Operation, ...]] = {}
    for path, operations in _object(document.get("paths")).items():
        for method in _METHODS:
            if method in _object(operations):
                told = _object(_object(operations)[method])
                tag = str(_list(told.get("tags"))[0])
                groups[tag] = (*groups.get(tag, ()), _operation(method, path, told))
    schemas = _object(_object(document.get("components")).get("schemas"))
    info = _object(document.get("info"))
    shapes = tuple(Shape(name, tuple(_fields(_object(schema)))) for name, schema in sorted(schemas.items()))
    return Documentation(str(info.get("title")), str(info.get("version")), groups, shapes)


def _operation(method: str, path: str, told: Json) -> Operation:
    act = told.get("x-act")
    return Operation(
        id=str(told["operationId"]),
        method=method.upper(),
        path=path,
        summary=Words(str(told["summary"]), str(told["x-summary-en"])),
        act=str(act) if act else None,
        parameters=tuple(_parameter(_object(one)) for one in _list(told.get("parameters"))),
        shape=_content_shape(_object(told.get("requestBody"))),
        outcomes=tuple(_outcomes(_object(told.get("responses")))),
    )


def _outcomes(responses: Json) -> Iterator[Outcome]:
    for status, response in sorted(responses.items()):
        good = status.startswith("2")
        text = HTTPStatus(int(status)).phrase if good else str(_object(response).get("description"))
        yield Outcome(status, text, _content_shape(_object(response)) if good else None, good)


def _parameter(told: Json) -> Value:
    return Value(str(told["name"]), _kind(_object(told.get("schema"))), bool(told.get("required")), where=str(told["in"]))


def _fields(schema: Json) -> Iterator[Value]:
    required = _list(schema.get("required"))
    for name, told in _object(schema.get("properties")).items():
        yield Value(name, _kind(_object(told)), name in required, shape=_reference(_object(told)))


def _kind(schema: Json) -> str:
    """A type in words: ``string ≤ 200``, ``[Need]``, ``a | b``."""
    if "enum" in schema:
        return " | ".join("null" if choice is None else str(choice) for choice in _list(schema["enum"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_kind(_object(one)) for one in _list(schema["anyOf"]))
    named = schema.get("type")
    kinds = [str(one) for one in named] if isinstance(named, list) else [str(named or "any")]
    if kinds[0] == "array":
        kinds[0] = f"[{_kind(_object(schema.get('items')))}]"
    told = [" | ".join(kinds), str(schema.get("format") or "")]
    told += [f"{limit} {schema[limit]}" for limit in _LIMITS if schema.get(limit, TEXT_PATTERN) != TEXT_PATTERN]
    return " ".join(one for one in told if one)


def _reference(schema: Json) -> str | None:
    for one in (schema, _object(schema.get("items")), *(_object(choice) for choice in _list(schema.get("anyOf")))):
        if "$ref" in one:
            return str(one["$ref"]).rsplit("/", 1)[-1]
    return None


def _content_shape(told: Json) -> str | None:
    for content in _object(told.get("content")).values():
        return _reference(_object(_object(content).get("schema")))
    return None


def _object(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
