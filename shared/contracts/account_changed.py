"""``account.changed``: a window tells the hub what one of its staff changed of their own account there."""

from dataclasses import dataclass

from marshmallow import fields

from shared.contracts.access import TokenAccess, TokenAccessSchema
from shared.contracts.fields import Flag, ValueSchema, identifier, language, text

NAME = "account.changed"
VERSION = 1


@dataclass(frozen=True)
class AccountChanged:
    """What was changed, as it is now; what is None or empty was not. The highest version of a user's counts.

    ``tokens`` are those that were issued or revoked. ``sign_out`` ends every session of the user, everywhere.
    """

    username: str
    password_hash: str | None = None
    language: str | None = None
    sign_out: bool = False
    tokens: tuple[TokenAccess, ...] = ()


class AccountChangedSchema(ValueSchema):
    """``account.changed``, version 1."""

    makes = AccountChanged
    username = identifier(required=True)
    password_hash = text(longest=500, none=True)
    language = language(none=True)
    sign_out = Flag()
    tokens = fields.List(fields.Nested(TokenAccessSchema))
