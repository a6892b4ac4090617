"""Locations, services and what is full as plain values, beside the institutions in ``directory.published``."""

from typing import Any

from shared.directory.schemas import FullSchema, LocationSchema, ServiceSchema
from shared.routing.directory import Directory

_LOCATIONS, _SERVICES, _FULL = LocationSchema(many=True), ServiceSchema(many=True), FullSchema(many=True)


def entries_to_wire(directory: Directory) -> dict[str, Any]:
    """The three lists; what is empty in an entry is left out, since it goes to every window."""
    return {
        "locations": [_said(entry) for entry in _LOCATIONS.dump(directory.locations)],
        "services": [_said(entry) for entry in _SERVICES.dump(directory.services)],
        "full": _FULL.dump(directory.full),
    }


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _said(inner) for name, inner in value.items() if inner not in (None, "", [])}
    return [_said(inner) for inner in value] if isinstance(value, list) else value
