"""The envelope: a CloudEvents 1.0 JSON object in structured mode (contracts.md, Events)."""

from dataclasses import dataclass
from datetime import datetime

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

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


class EnvelopeSchema(Schema):
    """The clear part on the wire; unknown attributes are ignored."""

    class Meta:
        """A reader ignores what it does not know."""

        unknown = EXCLUDE

    specversion = fields.String(required=True, validate=validate.Equal("1.0"))
    id = fields.UUID(required=True)
    source = fields.String(required=True, validate=validate.Length(max=200))
    type = fields.String(
        required=True, validate=[validate.Length(max=100), validate.Regexp(r"org\.ventanilla\.[a-z.-]+\Z")]
    )
    subject = fields.String(required=True, validate=validate.Length(max=200))
    time = fields.AwareDateTime(required=True, format="iso")
    dataschema = fields.String(
        required=True, validate=validate.Regexp(r"urn:ventanilla:schema:[a-z.-]+:[0-9]+\Z")
    )
    datacontenttype = fields.String(validate=validate.Equal("application/json"))
    epoch = fields.String(required=True, validate=validate.Length(min=1, max=64))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**53))
    sequence = fields.Integer(strict=True, validate=validate.Range(min=1, max=2**53))
    traceparent = fields.String(validate=validate.Length(max=100))
    data = fields.Dict(keys=fields.String(), required=True)


_SCHEMA = EnvelopeSchema()


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
    """Read a body; ``Unreadable`` names what is wrong, never what stood in it."""
    try:
        raw = orjson.loads(body)
        loaded = _SCHEMA.load(raw)
    except orjson.JSONDecodeError as error:
        message = "the body is not JSON"
        raise Unreadable(message) from error
    except ValidationError as error:
        message = f"the envelope is not valid: {', '.join(sorted(error.messages_dict))}"
        raise Unreadable(message) from error
    kind, _, schema_version = loaded["dataschema"].removeprefix(SCHEMA_PREFIX).rpartition(":")
    short = loaded["type"].removeprefix(TYPE_PREFIX)
    if kind != short:
        message = "type and dataschema do not agree"
        raise Unreadable(message)
    data = loaded["data"]
    sealed = data.get("sealed")
    if sealed is not None and not isinstance(sealed, str):
        message = "data.sealed is not text"
        raise Unreadable(message)
    return Envelope(
        id=str(loaded["id"]),
        source=loaded["source"],
        type=short,
        schema_version=int(schema_version),
        subject=loaded["subject"],
        time=loaded["time"],
        epoch=loaded["epoch"],
        version=loaded["version"],
        sequence=loaded.get("sequence"),
        traceparent=loaded.get("traceparent"),
        sealed=sealed,
        data=None if sealed is not None else data,
    )
