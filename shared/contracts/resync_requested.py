"""``resync.requested``: the hub asks a window to send again the cases of some buckets."""

from dataclasses import dataclass

from marshmallow import fields

from shared.contracts.fields import ValueSchema, whole

NAME = "resync.requested"
VERSION = 1


@dataclass(frozen=True)
class ResyncRequested:
    """Buckets of case ids whose digest differed; empty means all."""

    buckets: tuple[int, ...] = ()


class ResyncRequestedSchema(ValueSchema):
    """``resync.requested``, version 1."""

    makes = ResyncRequested
    buckets = fields.List(whole())
