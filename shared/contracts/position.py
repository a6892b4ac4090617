"""``position``: notifications tells the hub how far it has committed."""

from dataclasses import dataclass

from shared.contracts.standing import Standing, StandingSchema

NAME = "position"
VERSION = 1


@dataclass(frozen=True)
class Position(Standing):
    """The standing alone."""


class PositionSchema(StandingSchema):
    """``position``, version 1."""

    makes = Position
