"""Who may sign in where, as it travels from the hub; parts of ``access.changed``."""

from dataclasses import dataclass
from datetime import datetime

from marshmallow import fields

from shared.contracts.fields import Flag, ValueSchema, identifier, language, moment, text, whole


@dataclass(frozen=True)
class TokenAccess:
    """An API token by the SHA-256 of its text; the text itself is shown once and kept nowhere."""

    hash: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True)
class UserAccess:
    """One user as every service must know them; the highest ``version`` counts."""

    username: str
    role: str
    node: str
    version: int
    window: str | None = None
    institution: str | None = None
    email: str | None = None
    language: str = "es"
    active: bool = True
    password_hash: str | None = None
    tokens: tuple[TokenAccess, ...] = ()


class TokenAccessSchema(ValueSchema):
    """``users[].tokens[]``."""

    makes = TokenAccess
    hash = text(required=True)
    created_at = moment(required=True)
    expires_at = moment(none=True)
    revoked = Flag()


class UserAccessSchema(ValueSchema):
    """``users[]``."""

    makes = UserAccess
    username = identifier(required=True)
    role = text(required=True)
    node = identifier(required=True)
    version = whole(required=True)
    window = identifier(none=True)
    institution = identifier(none=True)
    email = text(none=True)
    language = language()
    active = Flag()
    password_hash = text(longest=500, none=True)
    tokens = fields.List(fields.Nested(TokenAccessSchema))
