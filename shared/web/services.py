"""``GET /services``: the service directory, the same call at a window (offline) and at the hub."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from shared.contracts.fields import code, department, language, moment, text
from shared.directory.entries import Assurance, ServiceStatus
from shared.directory.finding import Area, Asked, At, Found, find
from shared.directory.schemas import BilingualSchema, LocationSchema, OpeningSchema
from shared.errors import Refused
from shared.routing.directory import Directory
from shared.security.identities import Subject
from shared.vocabulary.codes import Need
from shared.vocabulary.places import Level
from shared.vocabulary.territory import COUNTRY, department_of, departments, resolve, search
from shared.web.answers import Answer
from shared.web.call import Call, Endpoint, Words
from shared.web.paging import Page, PageQuery, listing
from shared.web.query import WholeNumber


@dataclass(frozen=True)
class InForce:
    """The directory that answers: its version, since when it is known here, and the time and place of the question."""

    directory: Directory
    version: str
    published_at: datetime | None
    near: Area
    now: datetime
    today: date


@dataclass(frozen=True)
class AskedServices:
    """What of the directory is asked for, and which page of it."""

    asked: Asked
    municipality: str | None
    department: str | None
    page: Page


class ServicesQuery(PageQuery):
    """``?need=&municipality=&department=&q=&age=&language=&open_at=`` and the page; all that are given must hold."""

    need = code(Need)
    municipality = text(blank=False, longest=100)
    department = department()
    q = text(longest=200)
    age = WholeNumber(validate=validate.Range(min=0, max=120))
    language = language()
    open_at = moment()

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> AskedServices:
        asked = Asked(
            need=data.get("need"), text=data.get("q", ""), age=data.get("age"), language=data.get("language"),
            open_at=data.get("open_at"),
        )
        return AskedServices(asked, data.get("municipality"), data.get("department"), Page.of(data))


class ServicePlaceSchema(Schema):
    """One place of a service, and when."""

    location = fields.Nested(LocationSchema, required=True)
    schedules = fields.List(fields.Nested(OpeningSchema), required=True, attribute="openings")


class ServiceItemSchema(Schema):
    """A service as it stands today.

    ``assurance``: whether somebody stands by the entry. ``full``: the needs for which there is no room, until when;
    ``full_until``: until when there is room for none.
    """

    id = fields.String(required=True)
    institution = fields.String(required=True)
    institution_name = fields.Nested(BilingualSchema, required=True)
    country = fields.String(required=True)
    name = fields.Nested(BilingualSchema, required=True)
    description = fields.Nested(BilingualSchema, required=True)
    needs = fields.List(code(Need), required=True)
    status = code(ServiceStatus, required=True)
    eligibility = fields.Nested(BilingualSchema, required=True, allow_none=True)
    minimum_age = fields.Integer(required=True, allow_none=True)
    maximum_age = fields.Integer(required=True, allow_none=True)
    languages = fields.List(fields.String(), required=True)
    interpretation = fields.Nested(BilingualSchema, required=True, allow_none=True)
    required_documents = fields.List(fields.Nested(BilingualSchema), required=True)
    not_needed = fields.List(fields.Nested(BilingualSchema), required=True)
    fees = fields.Nested(BilingualSchema, required=True, allow_none=True)
    application = fields.Nested(BilingualSchema, required=True, allow_none=True)
    alert = fields.Nested(BilingualSchema, required=True, allow_none=True)
    areas = fields.List(fields.String(), required=True)
    places = fields.List(fields.Nested(ServicePlaceSchema), required=True)
    assurance = code(Assurance, required=True)
    assured_date = fields.Date(format="iso", required=True, allow_none=True)
    assured_until = fields.Date(format="iso", required=True, allow_none=True)
    full = fields.Dict(keys=fields.String(), values=fields.AwareDateTime(format="iso"), required=True)
    full_until = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    version = fields.Integer(required=True)


class ServicesSchema(Schema):
    """A page of the directory; which version of it, and when that was published."""

    items = fields.List(fields.Nested(ServiceItemSchema), required=True)
    total = fields.Integer(strict=True, required=True)
    next = fields.String(required=True, allow_none=True)
    directory_version = fields.String(required=True)
    published_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)


def item_of(found: Found) -> dict[str, Any]:
    """One service as it is answered."""
    institution = found.institution
    return {
        **vars(found.service),
        "institution_name": institution,
        "country": institution.country,
        "places": [_place(at) for at in found.places],
        "assurance": found.assurance,
        "full": {need.value: until for need, until in found.full.items()},
        "full_until": found.full_until,
    }


def services_endpoint(
    in_force: Callable[[], InForce], about: Callable[[Call], Subject | None], *, refuses: tuple[str, ...] = ()
) -> Endpoint:
    """The call, over whatever directory is in force where it is asked."""

    def listed(call: Call) -> Answer:
        wanted, known = call.query(AskedServices), in_force()
        asked = _with_area(wanted, known.near.country)
        found = find(known.directory, asked, near=known.near, now=known.now, today=known.today)
        page = wanted.page
        items = [item_of(one) for one in found[page.offset : page.offset + page.size]]
        told = listing(call, items, len(found), page)
        return Answer({**told, "directory_version": known.version, "published_at": known.published_at})

    return Endpoint(
        "GET", "/services", "services.search", listed,
        Words("Los servicios, por necesidad, lugar, edad, idioma y horario", "The services, by need, place, age, language and hours"),
        {200: ServicesSchema()}, about=about, query=ServicesQuery(), refuses=refuses, tag="directory",
    )


def _place(at: At) -> Mapping[str, Any]:
    return {"location": at.location, "openings": at.openings}


def _with_area(wanted: AskedServices, country: str) -> Asked:
    """The question with the place that was named; a place that nobody knows, or that could be several, is refused."""
    asked, typed = wanted.asked, wanted.municipality
    if typed is None and wanted.department is None:
        return asked
    if country != COUNTRY:
        return replace(asked, area=Area(country, wanted.department, typed))
    if wanted.department not in {None, *(place.department for place in departments())}:
        raise Refused("invalid", fields={"department": ["No es un departamento de El Salvador."]})
    if typed is None:
        return replace(asked, area=Area(COUNTRY, wanted.department))
    municipality = resolve(COUNTRY, wanted.department, typed)
    if municipality is None:
        raise Refused("invalid", fields={"municipality": [_which(typed)]})
    return replace(asked, area=Area(COUNTRY, department_of(municipality), municipality))


def _which(typed: str) -> str:
    """What to do about a place that could not be told."""
    homes = {place.department_name for place in search(typed) if place.level is not Level.DEPARTMENT}
    if len(homes) > 1:
        return f"Hay varios lugares con ese nombre ({', '.join(sorted(homes))}). Añada department."
    return "No hay un municipio ni un distrito con ese nombre."
