"""``referral.held``: a window tells a hub that was restored how it last heard of a referral."""

from dataclasses import dataclass

from marshmallow import fields

from shared.contracts.fields import ValueSchema
from shared.contracts.referral import ReferralState, ReferralStateSchema

NAME = "referral.held"
VERSION = 1


@dataclass(frozen=True)
class ReferralHeld:
    """A referral as its window holds it. What a hub that lost nothing is told so, it knows."""

    referral: ReferralState


class ReferralHeldSchema(ValueSchema):
    """``referral.held``, version 1."""

    makes = ReferralHeld
    referral = fields.Nested(ReferralStateSchema, required=True)
