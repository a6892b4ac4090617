"""A day on which somebody means to ask how it went."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from shared.errors import Refused
from shared.texts import said

FURTHEST = timedelta(days=730)
"""A case is kept two years after its end (domain.md, Retention); a day beyond that is a slip of the pen."""


@dataclass(frozen=True)
class FollowUp:
    """One reminder of one case; ``text`` is what to ask."""

    id: str
    case_id: str
    due_on: date
    text: str
    set_at: datetime
    set_by: str
    done_at: datetime | None = None
    done_by: str | None = None

    def done(self, *, by: str, at: datetime) -> "FollowUp":
        """Itself, seen to; a second time changes nothing."""
        return self if self.done_at is not None else replace(self, done_at=at, done_by=by)


def refuse_day(due_on: date, today: date) -> None:
    """A reminder is for today or later, and not for years ahead."""
    if due_on < today:
        raise Refused("invalid", fields={"due_on": [said("Ponga el día de hoy o uno que venga.")]})
    if due_on > today + FURTHEST:
        raise Refused("invalid", fields={"due_on": [said("Ponga un día de los próximos dos años.")]})
