"""Every event by its name and version: the strings are ours, never a Python path."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from marshmallow import ValidationError

from shared.contracts import (
    access_changed,
    account_changed,
    case_closed,
    case_registered,
    case_restored,
    case_routed,
    case_updated,
    claim_answered,
    claim_asked,
    consent_withdrawn,
    directory_published,
    notification_delivered,
    notification_failed,
    position,
    receipt,
    referral_asked,
    referral_updated,
    resync_requested,
    training_recorded,
    visit_recorded,
    window_heartbeat,
)
from shared.contracts.fields import ValueSchema, tolerant
from shared.errors import Unreadable


@dataclass(frozen=True)
class EventType:
    """One version of one event: how it is written (unknown fields refused) and read (ignored)."""

    name: str
    version: int
    makes: type
    schema: ValueSchema
    writer: ValueSchema


_MODULES = (
    access_changed,
    account_changed,
    case_closed,
    case_registered,
    case_restored,
    case_routed,
    case_updated,
    claim_answered,
    claim_asked,
    consent_withdrawn,
    directory_published,
    notification_delivered,
    notification_failed,
    position,
    receipt,
    referral_asked,
    referral_updated,
    resync_requested,
    training_recorded,
    visit_recorded,
    window_heartbeat,
)


def _event_type(module: ModuleType) -> EventType:
    stem = "".join(part.capitalize() for part in module.__name__.rpartition(".")[2].split("_"))
    schema = getattr(module, f"{stem}Schema")
    return EventType(module.NAME, module.VERSION, getattr(module, stem), tolerant(schema()), schema())


EVENTS: Mapping[tuple[str, int], EventType] = {
    (kind.name, kind.version): kind for kind in map(_event_type, _MODULES)
}
_BY_CLASS: Mapping[type, EventType] = {kind.makes: kind for kind in EVENTS.values()}


def wire(event: object) -> tuple[str, int, dict[str, Any]]:
    """An event as name, schema version and JSON values."""
    kind = _BY_CLASS[type(event)]
    return kind.name, kind.version, kind.writer.dump(event)


def read(name: str, version: int, data: Mapping[str, object]) -> object:
    """The event that ``wire`` wrote; ``Unreadable`` names what is missing or wrong, never its value."""
    kind = EVENTS.get((name, version))
    if kind is None:
        message = f"unknown event {name} version {version}"
        raise Unreadable(message)
    try:
        return kind.schema.load(dict(data))
    except ValidationError as error:
        message = f"{name}: {', '.join(sorted(_paths(error.messages_dict)))}"
        raise Unreadable(message) from error


def _paths(messages: Mapping[Any, Any], head: str = "") -> list[str]:
    found: list[str] = []
    for name, below in messages.items():
        path = f"{head}.{name}" if head else str(name)
        found += _paths(below, path) if isinstance(below, dict) else [path]
    return found
