"""How far a destination has committed what a source sent: what receipts, heartbeats and positions say."""

from dataclasses import dataclass

from shared.contracts.fields import ValueSchema, text, whole


@dataclass(frozen=True)
class Standing:
    """``through``: the highest sequence committed without a gap (a dead letter counts) of ``source_epoch``.

    ``epoch`` is the teller's own: a new one means it was restored and may have forgotten.
    """

    through: int
    source_epoch: str | None
    epoch: str


class StandingSchema(ValueSchema):
    """The three members; ``source_epoch`` is null before anything came."""

    makes = Standing
    through = whole(required=True)
    source_epoch = text(required=True, none=True)
    epoch = text(required=True)
