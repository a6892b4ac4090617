"""``access.changed``: users, roles, token hashes and addresses, to a window (its staff) or to notifications (all)."""

from dataclasses import dataclass

from marshmallow import fields

from shared.contracts.access import UserAccess, UserAccessSchema
from shared.contracts.fields import ValueSchema

NAME = "access.changed"
VERSION = 1


@dataclass(frozen=True)
class AccessChanged:
    """Users as they are now, each whole; the highest version of each counts, whatever the order."""

    users: tuple[UserAccess, ...]


class AccessChangedSchema(ValueSchema):
    """``access.changed``, version 1."""

    makes = AccessChanged
    users = fields.List(fields.Nested(UserAccessSchema), required=True)
