"""The shape of locations and services, in their file, as they are published, and as an institution writes them.

A file and a request are read strictly; what a newer hub publishes may hold members that this version does not know.
"""

import re
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from shared.contracts.fields import (
    LONG,
    SHORT,
    Country,
    ValueSchema,
    code,
    department,
    identifier,
    language,
    text,
    whole,
)
from shared.directory.entries import (
    Frequency,
    Full,
    Location,
    LocationType,
    Opening,
    Service,
    ServiceAt,
    ServiceStatus,
)
from shared.routing.rules import Text
from shared.vocabulary.codes import Need
from shared.vocabulary.phones import check_phone

OLDEST = 120
MOST = 50
"""Places, openings, documents or areas of one service; more is a mistake."""

_HOTLINE = re.compile(r"[0-9]{3,5}")
_BYDAY = validate.Regexp(
    r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)\Z", error="Un día se escribe MO, TU, WE, TH, FR, SA o SU; si es mensual, 1MO o -1FR."
)


class BilingualSchema(ValueSchema):
    """One text in Spanish and English."""

    makes = Text
    es = text(required=True, blank=False, longest=LONG)
    en = text(required=True, blank=False, longest=LONG)


def bilingual(*, required: bool = False) -> fields.Nested:
    """A text in both languages."""
    return fields.Nested(BilingualSchema, required=required, allow_none=not required)


def _bilinguals() -> fields.List[Any]:
    return fields.List(fields.Nested(BilingualSchema), validate=validate.Length(max=MOST))


def _phone(number: str) -> None:
    if not _HOTLINE.fullmatch(number) and check_phone(number) is None:
        message = "No es un teléfono válido. Escríbalo como +503 y ocho cifras, o el número corto."
        raise ValidationError(message)


def _zone(name: str) -> None:
    if name not in available_timezones():
        message = "No existe esa zona horaria."
        raise ValidationError(message)


class OpeningSchema(ValueSchema):
    """``schedules[]``: an RFC 5545 rule as HSDS writes it."""

    makes = Opening
    freq = code(Frequency)
    byday = fields.List(fields.String(validate=_BYDAY), required=True, validate=validate.Length(min=1, max=MOST))
    opens_at = fields.Time(format="%H:%M", required=True)
    closes_at = fields.Time(format="%H:%M", required=True)
    valid_from = fields.Date(format="iso", allow_none=True)
    valid_to = fields.Date(format="iso", allow_none=True)
    note = bilingual()

    @validates_schema
    def _days_fit(self, data: dict[str, Any], **_kwargs: object) -> None:
        monthly = data.get("freq") is Frequency.MONTHLY
        if any((len(day) > 2) is not monthly for day in data.get("byday", ())):
            message = "Los días con número (1MO, -1FR) van con MONTHLY; los demás, con WEEKLY."
            raise ValidationError(message, "byday")
        start, end = data.get("valid_from"), data.get("valid_to")
        if start is not None and end is not None and end < start:
            message = "Termina antes de empezar."
            raise ValidationError(message, "valid_to")


class LocationSchema(ValueSchema):
    """A place, whole."""

    makes = Location
    id = identifier(required=True)
    institution = identifier(required=True)
    name = bilingual(required=True)
    kind = fields.Enum(LocationType, by_value=True, data_key="location_type")
    country = Country(required=True)
    zone = fields.String(required=True, validate=_zone)
    department = department(none=True)
    municipality = text(none=True)
    district = text(none=True)
    address = text(longest=SHORT)
    phones = fields.List(fields.String(validate=_phone), validate=validate.Length(max=MOST))
    accessibility = bilingual()
    holidays = Country(allow_none=True)
    closed = fields.List(fields.Date(format="iso"), validate=validate.Length(max=400))
    version = whole(least=1)


class ServiceAtSchema(ValueSchema):
    """``places[]`` of a service: which place, and when."""

    makes = ServiceAt
    location = identifier(required=True)
    openings = fields.List(fields.Nested(OpeningSchema), data_key="schedules", validate=validate.Length(max=MOST))


class DescribedSchema(ValueSchema):
    """What is said of a service, wherever it is written."""

    name = bilingual(required=True)
    description = bilingual(required=True)
    needs = fields.List(code(Need), required=True, validate=validate.Length(min=1, max=len(Need)))
    status = code(ServiceStatus)
    eligibility = bilingual()
    minimum_age = whole(most=OLDEST, none=True)
    maximum_age = whole(most=OLDEST, none=True)
    languages = fields.List(language(), validate=validate.Length(min=1, max=MOST))
    interpretation = bilingual()
    required_documents = _bilinguals()
    not_needed = _bilinguals()
    fees = bilingual()
    application = bilingual()
    alert = bilingual()
    areas = fields.List(text(blank=False), validate=validate.Length(max=MOST))

    @validates_schema
    def _ages_fit(self, data: dict[str, Any], **_kwargs: object) -> None:
        youngest, oldest = data.get("minimum_age"), data.get("maximum_age")
        if youngest is not None and oldest is not None and oldest < youngest:
            message = "La edad máxima es menor que la mínima."
            raise ValidationError(message, "maximum_age")


class ServiceSchema(DescribedSchema):
    """A service, whole."""

    makes = Service
    id = identifier(required=True)
    institution = identifier(required=True)
    places = fields.List(fields.Nested(ServiceAtSchema), validate=validate.Length(max=MOST))
    assured_date = fields.Date(format="iso", allow_none=True)
    assured_until = fields.Date(format="iso", allow_none=True)
    version = whole(least=1)
    changed_at = fields.AwareDateTime(format="iso", allow_none=True)


class FullSchema(ValueSchema):
    """An institution without room for a need."""

    makes = Full
    institution = identifier(required=True)
    need = code(Need, required=True)
    until = fields.AwareDateTime(format="iso", required=True)


class EntriesSchema(Schema):
    """Locations and services of one or several nodes."""

    locations = fields.List(fields.Nested(LocationSchema), required=True)
    services = fields.List(fields.Nested(ServiceSchema), required=True)


class ServicesFileSchema(Schema):
    """A node's file. ``zone``, ``holidays`` and ``closed`` hold for every place that does not say otherwise."""

    node = fields.String(required=True, validate=validate.Regexp(r"[a-z]{2}\Z"))
    country = Country(required=True)
    version = fields.String(required=True, validate=validate.Length(min=1))
    zone = fields.String(required=True, validate=_zone)
    holidays = Country(allow_none=True, load_default=None)
    closed = fields.List(fields.Raw(), load_default=list)
    locations = fields.List(fields.Dict(), required=True)
    services = fields.List(fields.Dict(), required=True)
