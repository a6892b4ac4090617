"""The AsyncAPI 3 document and the JSON Schemas of all events, made from the marshmallow schemas.

``python -m shared.contracts.asyncapi FOLDER`` writes them; CI compares what is committed with what it would write.
"""

import json
import sys
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.contracts.envelope import SCHEMA_PREFIX, TYPE_PREFIX
from shared.contracts.json_schema import own_fields
from shared.contracts.registry import EVENTS, EventType

_CHANNELS = {
    "intake.events": (
        "{node}.{window}.{type}",
        (
            "case.registered",
            "case.updated",
            "case.closed",
            "consent.withdrawn",
            "referral.asked",
            "claim.asked",
            "visit.recorded",
            "training.recorded",
            "account.changed",
            "window.heartbeat",
        ),
    ),
    "referrals.events": (
        "{node}.{destination}.{type}",
        (
            "receipt",
            "resync.requested",
            "referral.updated",
            "access.changed",
            "case.restored",
            "case.routed",
            "directory.published",
            "claim.answered",
        ),
    ),
    "notifications.events": (
        "{node}.hub.{type}",
        ("notification.delivered", "notification.failed", "position"),
    ),
}
_UNSEQUENCED = frozenset({"receipt", "window.heartbeat", "position", "directory.published"})
_UNSEALED = frozenset({"directory.published"})


def documents() -> dict[str, dict[str, Any]]:
    """Every file by its name: one JSON Schema per event version, and the AsyncAPI document."""
    schemas = {_file(kind): _json_schema(kind) for kind in EVENTS.values()}
    return {**{f"schemas/{name}": schema for name, schema in schemas.items()}, "asyncapi.json": _asyncapi()}


def write(folder: Path) -> None:
    """Write every document below ``folder``."""
    for name, document in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )


def _file(kind: EventType) -> str:
    return f"{kind.name}.v{kind.version}.json"


def _json_schema(kind: EventType) -> dict[str, Any]:
    plugin = MarshmallowPlugin(schema_name_resolver=lambda _schema: "")
    APISpec(title="", version="", openapi_version="3.1.0", plugins=[plugin])
    converter: Any = plugin.converter
    converter.add_attribute_function(own_fields)
    schema: dict[str, Any] = converter.schema2jsonschema(kind.schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{SCHEMA_PREFIX}{kind.name}:{kind.version}",
        "title": kind.name,
        "description": (kind.makes.__doc__ or "").strip(),
        **schema,
    }


def _asyncapi() -> dict[str, Any]:
    channels, operations, messages = {}, {}, {}
    for exchange, (address, names) in _CHANNELS.items():
        kinds = [kind for kind in EVENTS.values() if kind.name in names]
        slug = exchange.replace(".", "-")
        channels[slug] = {
            "address": address,
            "description": f"Topic exchange {exchange}; the address is the routing key.",
            "parameters": {
                name: {} for name in ("node", "window", "destination", "type") if f"{{{name}}}" in address
            },
            "messages": {kind.name: {"$ref": f"#/components/messages/{kind.name}"} for kind in kinds},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": exchange, "type": "topic", "durable": True, "autoDelete": False},
                }
            },
        }
        operations[f"receive-{slug}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{slug}"}}
        messages.update({kind.name: _message(kind) for kind in kinds})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ventanilla",
            "version": "1.0.0",
            "description": "What windows, hubs and notifications say to each other. The body is a CloudEvents 1.0 "
            "object; what is sealed is a JWE for the one destination, whose plain text has the schema named.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _message(kind: EventType) -> dict[str, Any]:
    data = (
        "The event itself."
        if kind.name in _UNSEALED
        else f"JWE (compact) of {SCHEMA_PREFIX}{kind.name}:{kind.version}."
    )
    clear: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string"},
        "type": {"const": TYPE_PREFIX + kind.name},
        "subject": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"const": f"{SCHEMA_PREFIX}{kind.name}:{kind.version}"},
        "epoch": {"type": "string"},
        "version": {"type": "integer", "minimum": 0},
        "traceparent": {"type": "string"},
        "data": {"type": "object", "description": data},
    }
    if kind.name not in _UNSEALED:
        clear["data"].update(required=["sealed"], properties={"sealed": {"type": "string"}})
    if kind.name not in _UNSEQUENCED:
        clear["sequence"] = {"type": "integer", "minimum": 1}
    required = [name for name in clear if name not in ("traceparent", "datacontenttype")]
    return {
        "name": kind.name,
        "summary": (kind.makes.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/cloudevents+json",
        "headers": {
            "type": "object",
            "required": ["signature"],
            "properties": {
                "signature": {
                    "type": "string",
                    "description": "Detached JWS (Ed25519) over the body's bytes.",
                }
            },
        },
        "payload": {"type": "object", "required": required, "properties": clear},
        "externalDocs": {"url": f"schemas/{_file(kind)}"},
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]))
