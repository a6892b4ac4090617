"""``window.heartbeat``: a window tells, after each batch and every minute, how it stands."""

from dataclasses import dataclass

from marshmallow import fields, validate

from shared.contracts.digest import BUCKETS, Bucket, BucketSchema
from shared.contracts.fields import text, whole
from shared.contracts.standing import Standing, StandingSchema

NAME = "window.heartbeat"
VERSION = 1


@dataclass(frozen=True)
class WindowHeartbeat(Standing):
    """The standing, what waits to be sent, and which directory the window works with.

    ``answered_epoch``: the life of the hub to which this window has told again all that it holds of its referrals.
    ``digest``: daily and in each new life, of all cases that the hub was told of, while nothing of them is under way.
    """

    directory_version: str | None = None
    outbox: int = 0
    unreceipted: int = 0
    answered_epoch: str | None = None
    digest: tuple[Bucket, ...] | None = None


class WindowHeartbeatSchema(StandingSchema):
    """``window.heartbeat``, version 1."""

    makes = WindowHeartbeat
    directory_version = text(none=True)
    outbox = whole()
    unreceipted = whole()
    answered_epoch = text(none=True)
    digest = fields.List(fields.Nested(BucketSchema), allow_none=True, validate=validate.Length(equal=BUCKETS))
