"""JSON in: read strictly, then through a schema, every bad field named by its dotted path."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.exceptions import ClientDisconnected

from shared.errors import Refused
from shared.web.messages import spanish

MEDIA_TYPES: Final = ("application/json", "application/merge-patch+json")
DEEPEST: Final = 32
"""Levels of nesting; the deepest body of ours has six."""
LARGEST: Final = 2**53
"""Above this a JSON number is not the same in every language (RFC 8259, 6)."""
WHOLE_BODY: Final = "body"
"""The name under which a fault of the whole body is reported."""

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

Errors = dict[str, list[str]]


class _Repeated(dict[str, object]):
    """An object in which some keys came twice."""

    def __init__(self, pairs: Iterable[tuple[str, object]], twice: list[str]) -> None:
        super().__init__(pairs)
        self.twice = twice


def read_body(request: Request, *, largest: int, required: bool) -> object:
    """The raw JSON of a request, with the refusals 411, 413, 415 in this order; 422 when it is no JSON.

    An absent body is an empty object where the endpoint needs none.
    """
    length = _length(request, required=required)
    if length > largest:
        raise Refused("too_large")
    if length == 0:
        if required:
            raise Refused("invalid", fields={WHOLE_BODY: ["Falta el cuerpo de la petición."]})
        return {}
    _check_media_type(request)
    data = request.stream.read(length)
    if len(data) < length:
        raise ClientDisconnected
    return parse(data)


def parse(data: bytes) -> object:
    """Read JSON text; raises ``Refused`` (invalid) for what is none. Faults inside are found by ``faults``."""
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise _unreadable(f"No es JSON válido (línea {error.lineno}, columna {error.colno}).") from error
    except UnicodeDecodeError as error:
        raise _unreadable("El cuerpo no está en UTF-8.") from error
    except RecursionError as error:
        raise _unreadable("Tiene demasiados niveles.") from error


def load(schema: Schema, raw: object) -> tuple[object, Errors]:
    """Load ``raw`` through ``schema``: the value, or the bad fields by dotted path (empty when all is well)."""
    found = faults(raw)
    if found:
        return None, found | {path: texts for path, texts in _loaded(schema, raw)[1].items() if path not in found}
    return _loaded(schema, raw)


def check(schema: Schema, raw: object) -> object:
    """``load`` that refuses: for a body put together by the view itself, such as a merged patch."""
    value, errors = load(schema, raw)
    if errors:
        raise Refused("invalid", fields=errors)
    return value


def merge_patch(target: object, patch: object) -> object:
    """Apply a JSON merge patch (RFC 7396): null removes, objects merge, anything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    merged: dict[str, object] = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def faults(raw: object, path: str = "", level: int = 0) -> Errors:
    """What no schema would see: keys given twice, text that is none, numbers too large, too many levels."""
    name = path or WHOLE_BODY
    if level > DEEPEST:
        return {name: ["Tiene demasiados niveles."]}
    if isinstance(raw, str):
        return {} if is_text(raw) else {name: ["Contiene caracteres que no son texto."]}
    if isinstance(raw, (int, float)):
        return {} if math.isfinite(raw) and abs(raw) <= LARGEST else {name: ["El número es demasiado grande."]}
    found: Errors = {}
    if isinstance(raw, dict):
        for key in getattr(raw, "twice", ()):
            found[_shown(_join(path, key))] = ["Aparece dos veces en el mismo objeto."]
        for key, value in raw.items():
            found |= faults(value, _join(path, key), level + 1) if is_text(key) else {name: ["Una clave no es texto."]}
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            found |= faults(value, _join(path, str(index)), level + 1)
    return found


def is_text(text: str) -> bool:
    """Whether this can be stored and shown: no control character but tab and line ends, no lone surrogate."""
    return _NO_TEXT.search(text) is None


def dotted(messages: object, path: str = "") -> Errors:
    """Flatten marshmallow's nested messages into ``{"person.given_name": [texts]}``, in Spanish."""
    if isinstance(messages, Mapping):
        found: Errors = {}
        for key, value in messages.items():
            inner = path if key == "_schema" else _join(path, str(key))
            for name, texts in dotted(value, inner).items():
                found.setdefault(name, []).extend(texts)
        return found
    told: list[object] = messages if isinstance(messages, list) else [messages]
    return {_shown(path or WHOLE_BODY): [_shown(spanish(str(text))) for text in told]}


def _shown(text: str) -> str:
    """Echoes of what was sent may hold halves of characters, which no answer can carry."""
    return text.encode("utf-8", "replace").decode()


def _loaded(schema: Schema, raw: object) -> tuple[object, Errors]:
    if not isinstance(raw, (dict, list)):
        return None, {WHOLE_BODY: ["Se esperaba un objeto."]}
    try:
        return schema.load(raw, unknown=RAISE), {}
    except ValidationError as error:
        return None, dotted(error.messages)


def _length(request: Request, *, required: bool) -> int:
    if "Transfer-Encoding" in request.headers:
        raise Refused("length_required")
    header = request.headers.get("Content-Length")
    if header is None and not required:
        return 0
    if header is None or not header.isascii() or not header.isdigit():
        raise Refused("length_required")
    return int(header)


def _check_media_type(request: Request) -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype not in MEDIA_TYPES or charset not in ("utf-8", "utf8"):
        raise Refused("unsupported_media")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    times = Counter(key for key, _ in pairs)
    return _Repeated(pairs, sorted(key for key, count in times.items() if count > 1))


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= 20 else math.inf


def _no_constant(_name: str) -> NoReturn:
    message = "no JSON constant"
    raise json.JSONDecodeError(message, "", 0)


def _unreadable(text: str) -> Refused:
    return Refused("invalid", fields={WHOLE_BODY: [text]})


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
