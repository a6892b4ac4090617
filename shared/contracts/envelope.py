"""The envelope: a CloudEvents 1.0 JSON object in structured mode (contracts.md, Events)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from shared.errors import Unreadable

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "org.ventanilla."
SCHEMA_PREFIX = "urn:ventanilla:schema:"


@dataclass(frozen=True)
class Envelope:
    """What stands in clear around an event.

    ``type`` is the short name (``case.registered``); ``schema_version`` that of its schema; ``version`` the
    subject's. ``sequence`` is None for what is never sent again. Exactly one of ``sealed`` and ``data`` is set.
    """

    id: str
    source: str
    type: str
    schema_version: int
    subject: str
    time: datetime
    epoch: str
    version: int
    sequence: int | None = None
    traceparent: str | None = None
    sealed: str | None = None
    data: dict[str, object] | None = None


_TYPE = re.compile(r"org\.ventanilla\.([a-z.-]{1,80})")
_DATASCHEMA = re.compile(r"urn:ventanilla:schema:([a-z.-]{1,80}):([0-9]{1,4})")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST = 2**53
"""The largest whole number that every JSON reader keeps exact."""


def to_bytes(envelope: Envelope) -> bytes:
    """The exact body that is signed and sent."""
    body: dict[str, object] = {
        "specversion": "1.0",
        "id": envelope.id,
        "source": envelope.source,
        "type": TYPE_PREFIX + envelope.type,
        "subject": envelope.subject,
        "time": envelope.time.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMA_PREFIX}{envelope.type}:{envelope.schema_version}",
        "epoch": envelope.epoch,
        "version": envelope.version,
    }
    if envelope.sequence is not None:
        body["sequence"] = envelope.sequence
    if envelope.traceparent is not None:
        body["traceparent"] = envelope.traceparent
    body["data"] = {"sealed": envelope.sealed} if envelope.sealed is not None else envelope.data
    return orjson.dumps(body)


def from_bytes(body: bytes) -> Envelope:
    """Read a body; ``Unreadable`` names what is wrong, never what stood in it. Unknown attributes are ignored.

    Every message passes here, so each attribute is checked by hand: a marshmallow schema took longer than
    opening the seal.
    """
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable("the body is not JSON") from error
    if not isinstance(raw, dict):
        raise Unreadable("the body is not an object")
    kind, schema_version = _kind(raw)
    data = raw.get("data")
    if not isinstance(data, dict):
        raise _wrong("data")
    sealed = data.get("sealed")
    if sealed is not None and not isinstance(sealed, str):
        raise _wrong("data.sealed")
    traceparent = raw.get("traceparent")
    return Envelope(
        id=_matching(raw, "id", _UUID)[0],
        source=_text(raw, "source", 200),
        type=kind,
        schema_version=schema_version,
        subject=_text(raw, "subject", 200),
        time=_time(raw),
        epoch=_text(raw, "epoch", 64),
        version=_number(raw, "version", least=0),
        sequence=_number(raw, "sequence", least=1) if raw.get("sequence") is not None else None,
        traceparent=traceparent if isinstance(traceparent, str) and len(traceparent) <= 100 else None,
        sealed=sealed,
        data=None if sealed is not None else data,
    )


def _kind(raw: Mapping[str, object]) -> tuple[str, int]:
    if raw.get("specversion") != "1.0":
        raise _wrong("specversion")
    short = _matching(raw, "type", _TYPE)[1]
    schema = _matching(raw, "dataschema", _DATASCHEMA)
    if schema[1] != short:
        raise Unreadable("type and dataschema do not agree")
    return short, int(schema[2])


def _text(raw: Mapping[str, object], name: str, longest: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise _wrong(name)
    return value


def _matching(raw: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> re.Match[str]:
    value = raw.get(name)
    match = pattern.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong(name)
    return match


def _number(raw: Mapping[str, object], name: str, *, least: int) -> int:
    value = raw.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MOST:
        raise _wrong(name)
    return value


def _time(raw: Mapping[str, object]) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(raw, "time", 40))
    except ValueError as error:
        raise _wrong("time") from error
    if moment.tzinfo is None:
        raise _wrong("time")
    return moment.astimezone(UTC)


def _wrong(name: str) -> Unreadable:
    return Unreadable(f"the envelope is not valid: {name}")
