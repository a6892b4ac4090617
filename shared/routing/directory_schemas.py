"""The shape of a directory, in its file and as it is published.

A file is read strictly; what a newer hub publishes may hold members that this version does not know.
"""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from shared.contracts.fields import tolerant
from shared.directory.schemas import FullSchema, LocationSchema, ServiceSchema
from shared.routing.directory import Directory, Institution
from shared.vocabulary.codes import InstitutionKind
from shared.vocabulary.places import WindowPlace

Loaded = dict[str, Any]

_REQUIRED = validate.Length(min=1)
_ID = validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z", error="Lower case, digits and hyphens.")
_NODE = validate.Regexp(r"[a-z]{2}\Z", error="Two small letters.")
_COUNTRY = validate.Regexp(r"[A-Z]{2}\Z", error="ISO 3166-1 alpha-2.")


class InstitutionEntrySchema(Schema):
    """An institution in a node's file, which itself says node and country."""

    id = fields.String(required=True, validate=_ID)
    kind = fields.Enum(InstitutionKind, by_value=True, required=True)
    es = fields.String(required=True, validate=_REQUIRED)
    en = fields.String(required=True, validate=_REQUIRED)
    area = fields.String(allow_none=True)
    languages = fields.List(fields.String(), validate=_REQUIRED)
    calendar = fields.String(validate=_REQUIRED)
    active = fields.Boolean(truthy={True}, falsy={False})
    email = fields.Email(allow_none=True)
    alternate = fields.String(allow_none=True, validate=_ID)


class InstitutionSchema(InstitutionEntrySchema):
    """An institution as published: whole."""

    class Meta:
        unknown = EXCLUDE

    node = fields.String(required=True, validate=_NODE)
    country = fields.String(required=True, validate=_COUNTRY)

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Institution:
        return Institution(**{**data, "languages": tuple(data.get("languages", ("es",)))})


class DirectoryFileSchema(Schema):
    """A node's file: its institutions, and which of the windows of ``windows.yml`` are in its network."""

    node = fields.String(required=True, validate=_NODE)
    country = fields.String(required=True, validate=_COUNTRY)
    version = fields.String(required=True, validate=_REQUIRED)
    windows = fields.List(fields.String(validate=_ID), required=True, validate=_REQUIRED)
    institutions = fields.List(fields.Nested(InstitutionEntrySchema), required=True, validate=_REQUIRED)


class WindowSchema(Schema):
    """A window as published."""

    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=_ID)
    node = fields.String(required=True, validate=_NODE)
    country = fields.String(required=True, validate=_COUNTRY)
    letters = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{3}\Z"))
    department = fields.String(required=True)
    municipality = fields.String(required=True)
    district = fields.String(required=True)
    name = fields.String(required=True)

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> WindowPlace:
        return WindowPlace(**data)


class DirectorySchema(Schema):
    """A directory as published; a hub before the service directory says nothing of services."""

    class Meta:
        unknown = EXCLUDE

    node = fields.String(required=True, validate=_NODE)
    version = fields.String(required=True, validate=_REQUIRED)
    institutions = fields.List(fields.Nested(InstitutionSchema), required=True, validate=_REQUIRED)
    windows = fields.List(fields.Nested(WindowSchema), required=True)
    locations = fields.List(fields.Nested(tolerant(LocationSchema())))
    services = fields.List(fields.Nested(tolerant(ServiceSchema())))
    full = fields.List(fields.Nested(tolerant(FullSchema())))

    @post_load
    def _make(self, data: Loaded, **_kwargs: object) -> Directory:
        told: Loaded = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return Directory(**told)
