"""The service directory at the hub: searched, read, written by whose it is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_load, pre_load, validate

from services.referrals.store.work import HubWork
from services.referrals.use_cases.change_service import ChangeService, change_service
from services.referrals.web.api.v1.room import Room, owner_in
from shared.contracts.fields import code, moment
from shared.directory.entries import Location, Opening, Service, ServiceAt
from shared.directory.finding import Area, seen
from shared.directory.schemas import MOST, DescribedSchema, LocationSchema, OpeningSchema
from shared.errors import Refused
from shared.persistence.perform import Rendered
from shared.routing.directory import Directory
from shared.security.identities import Subject
from shared.vocabulary.codes import Need
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.services import InForce, ServiceItemSchema, item_of, services_endpoint

SET_HERE = frozenset(
    {"id", "institution", "institution_name", "country", "assurance", "assured_date", "full_until", "version"}
)
"""What ``GET`` shows and only the hub sets: may be sent back as it was read, and is not looked at."""


@dataclass(frozen=True)
class WrittenPlace:
    """A place with its hours, as it was written; ``location`` lacks what follows from its institution."""

    location: dict[str, Any]
    openings: tuple[Opening, ...] = ()


class WrittenLocationSchema(LocationSchema):
    """``places[].location``: whose it is and in which country follows from the service."""

    class Meta:
        exclude = ("institution", "country", "version")

    @pre_load
    def _as_written(self, data: object, **_kwargs: object) -> object:
        return _without(data, SET_HERE - {"id"})

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> object:
        return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}


class WrittenPlaceSchema(Schema):
    """``places[]``."""

    location = fields.Nested(WrittenLocationSchema, required=True)
    schedules = fields.List(
        fields.Nested(OpeningSchema), attribute="openings", load_default=list, validate=validate.Length(max=MOST)
    )

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> WrittenPlace:
        return WrittenPlace(data["location"], tuple(data["openings"]))


@dataclass(frozen=True)
class WrittenService:
    """A whole entry, as it was written."""

    described: dict[str, Any]
    places: tuple[WrittenPlace, ...]
    full: dict[Need, datetime]

    def request(self, service_id: str, institution: str, country: str, version: int | None) -> ChangeService:
        """The act, for a service of this id."""
        locations = tuple(
            Location(**place.location, institution=institution, country=country) for place in self.places
        )
        places = tuple(ServiceAt(place.location["id"], place.openings) for place in self.places)
        service = Service(id=service_id, institution=institution, places=places, **self.described)
        return ChangeService(service, locations, version, self.full)


class ServiceBodySchema(DescribedSchema):
    """``PUT /services/{id}``: the whole document, as ``GET`` gives it."""

    places = fields.List(fields.Nested(WrittenPlaceSchema), load_default=list, validate=validate.Length(max=MOST))
    assured_until = fields.Date(format="iso", allow_none=True)
    full = fields.Dict(keys=code(Need), values=moment(), load_default=dict)

    @pre_load
    def _as_written(self, data: object, **_kwargs: object) -> object:
        return _without(data, SET_HERE)

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> WrittenService:
        places, full = tuple(data.pop("places")), data.pop("full")
        described = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return WrittenService(described, places, full)


def _without(data: object, names: Collection[str]) -> object:
    return {name: value for name, value in data.items() if name not in names} if isinstance(data, dict) else data


def service_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """``GET /services``, ``GET`` and ``PUT /services/{id}``."""

    def read(call: Call) -> Answer:
        known = in_force(room)
        service = known.directory.service(call.args["id"])
        if service is None:
            raise Refused("not_found")
        return _one(known.directory, service, room)

    def written(call: Call) -> Rendered:
        service_id, body = call.args["id"], call.body(WrittenService)

        def act(work: HubWork) -> Answer:
            institution = owner_in(work.directory.in_force(), service_id)
            if institution is None:
                raise Refused("not_found")
            request = body.request(service_id, institution.id, institution.country, call.version)
            kept = change_service(request, by=call.actor, work=work, now=room.clock.now())
            return _one(work.directory.in_force(), kept, room)

        return room.acts.carry_out(call, act, about=lambda _work: room.service(call), answer=lambda answer: answer)

    return (
        services_endpoint(lambda: in_force(room), lambda _call: room.here),
        Endpoint(
            "GET", "/services/{id}", "service.read", read, Words("Un servicio del directorio", "One service of the directory"),
            {200: ServiceItemSchema()}, about=_existing(room), tag="directory",
        ),
        Endpoint(
            "PUT", "/services/{id}", "service.change", written,
            Words("Escribir un servicio entero; el primero, con la versión 0", "Write a whole service; a new one over version 0"),
            {200: ServiceItemSchema()}, about=room.service, body=ServiceBodySchema(), if_match="required", tag="directory",
        ),
    )


def in_force(room: Room) -> InForce:
    """The hub's directory now."""
    now = room.clock.now()
    with room.database.read() as connection:
        directory, version = room.overlay.directory(connection), room.overlay.version(connection)
    return InForce(directory, version, None, Area(room.country.node.upper()), now, room.country.today(now))


def _one(directory: Directory, service: Service, room: Room) -> Answer:
    now = room.clock.now()
    found = seen(directory, service, now=now, today=room.country.today(now))
    return Answer(item_of(found), version=service.version)


def _existing(room: Room) -> Callable[[Call], Subject | None]:
    """Every service, other nodes' too, is public to whoever signed in here."""

    def about(call: Call) -> Subject | None:
        known = in_force(room).directory.service(call.args["id"])
        return None if known is None else Subject("service", room.country.node, institution=known.institution)

    return about
