"""A small directory of made-up services, and the node's own."""

from dataclasses import replace
from datetime import date, time
from functools import cache
from typing import Any

from shared.directory.entries import Location, Opening, Service, ServiceAt
from shared.routing.directory import Directory
from shared.routing.loading import load_services
from shared.routing.rules import Text
from shared.vocabulary.codes import Need
from tests.unit.routing.given import DATA, directory

TODAY = date(2026, 11, 23)
OFFICE = Opening(("MO", "TU", "WE", "TH", "FR"), time(8), time(16))


@cache
def whole(node: str = "sv") -> Directory:
    """The node's directory with its seeded services."""
    return load_services(DATA / "services", directory(node))


def text(words: str) -> Text:
    return Text(words, words)


def service(service_id: str, institution: str, *needs: str, **more: Any) -> Service:
    return Service(
        service_id, institution, text(service_id), text("Descripción"), tuple(map(Need, needs or ["shelter"])), **more
    )


def location(location_id: str, institution: str, **more: Any) -> Location:
    known = {"country": "SV", "zone": "America/El_Salvador", "department": "SV-UN", "municipality": "La Unión Sur"}
    return Location(location_id, institution, text(location_id), **(known | more))


def with_services(*services: Service, locations: tuple[Location, ...] = (), node: str = "sv", **more: Any) -> Directory:
    return replace(directory(node), services=services, locations=locations, **more)


def at(location_id: str, *openings: Opening) -> ServiceAt:
    return ServiceAt(location_id, openings)
