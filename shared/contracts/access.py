"""Who may sign in where, as it travels from the hub; parts of ``access.changed``."""

from dataclasses import dataclass
from datetime import datetime

from marshmallow import fields

from shared.contracts.fields import Flag, ValueSchema, identifier, language, moment, text, whole


@dataclass(frozen=True)
class TokenAccess:
    """An API token by the SHA-256 of its text; the text itself is shown once and kept nowhere.

    ``scope`` is ``full``, or ``read`` for one that only reads and searches; ``name`` is its owner's word for it.
    """

    hash: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked: bool = False
    scope: str = "full"
    name: str = ""


@dataclass(frozen=True)
class UserAccess:
    """One user as every service must know them; the highest ``version`` counts.

    ``must_change``: the password is a first one, that only opens the page where another is chosen. ``sign_outs``
    rises when they sign out everywhere: a session that was opened under another number is over.
    """

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
    must_change: bool = False
    sign_outs: int = 0
    tokens: tuple[TokenAccess, ...] = ()


class TokenAccessSchema(ValueSchema):
    """``users[].tokens[]``."""

    makes = TokenAccess
    hash = text(required=True)
    created_at = moment(required=True)
    expires_at = moment(none=True)
    revoked = Flag()
    scope = text(longest=10, blank=False)
    name = text(longest=100)


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
    must_change = Flag()
    sign_outs = whole()
    tokens = fields.List(fields.Nested(TokenAccessSchema))
