"""``receipt``: the hub tells a window how far it has committed, and which cases it refuses."""

from dataclasses import dataclass, field

from marshmallow import fields

from shared.contracts.fields import Flag, ValueSchema, identifier, text, whole
from shared.contracts.standing import Standing, StandingSchema

NAME = "receipt"
VERSION = 1


@dataclass(frozen=True)
class RefusedCase:
    """A case that the hub does not take as it is, with messages per field; stands until the case changes."""

    id: str
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt(Standing):
    """The standing, every refusal that stands, and the highest case number known of this window.

    ``digest_agrees`` answers a heartbeat with a digest: whether hub and window know the same cases.
    """

    refused: tuple[RefusedCase, ...] = ()
    highest_code: int = 0
    digest_agrees: bool | None = None


class RefusedCaseSchema(ValueSchema):
    """``refused[]``."""

    makes = RefusedCase
    id = identifier(required=True)
    errors = fields.Dict(keys=text(), values=fields.List(text(longest=500)))


class ReceiptSchema(StandingSchema):
    """``receipt``, version 1."""

    makes = Receipt
    refused = fields.List(fields.Nested(RefusedCaseSchema))
    highest_code = whole()
    digest_agrees = Flag(allow_none=True)
