"""How far a destination has committed what a source sent: what receipts, heartbeats and positions say."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.fields import ValueSchema, moment, text, whole


@dataclass(frozen=True)
class Standing:
    """``through``: the highest sequence committed without a gap (a dead letter counts) of ``source_epoch``.

    ``epoch`` is the teller's own: a new one means it was restored and may have forgotten. ``heard_epoch`` is the
    life of the one it speaks to, as far as it has heard. ``forked_since``: messages in the name of the one it speaks
    to are quarantined since then, because they contradict what was said before: two processes speak in that name.
    """

    through: int
    source_epoch: str | None
    epoch: str
    heard_epoch: str | None = field(default=None, kw_only=True)
    forked_since: datetime | None = field(default=None, kw_only=True)

    def has_heard_of(self, epoch: str) -> bool:
        """Whether the teller knows of this life of ours, or of a later one.

        Who does not is answered with our own standing. The answer says that we have heard of theirs, so it is not
        answered itself; when it is lost, the teller's next standing asks for it again.
        """
        return self.heard_epoch is not None and self.heard_epoch >= epoch

    def knows_a_later_life_than(self, epoch: str) -> bool:
        """Whether the teller has heard of somebody in our name who began after us: we were restored elsewhere."""
        return self.heard_epoch is not None and self.heard_epoch > epoch


class StandingSchema(ValueSchema):
    """The members of every standing; ``source_epoch`` is null before anything came."""

    makes = Standing
    through = whole(required=True)
    source_epoch = text(required=True, none=True)
    epoch = text(required=True)
    heard_epoch = text(none=True)
    forked_since = moment(none=True)
