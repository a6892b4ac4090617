"""A slip as it fits one sheet: of each institution the place nearest to this window in full, the others by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.queries.hours import SameHours, in_short
from services.intake.queries.slip import Slip, SlipReferral, Where
from shared.directory.finding import Area


@dataclass(frozen=True)
class PrintedReferral:
    """Where to go. ``here`` None: nothing is said of places; no ``hours``: they are to be confirmed."""

    told: SlipReferral
    here: Where | None
    hours: tuple[SameHours, ...]
    elsewhere: tuple[str, ...]


def printed(slip: Slip, near: Area) -> Sequence[PrintedReferral]:
    """Every referral of a slip."""
    return [_printed(one, near) for one in slip.referrals]


def _printed(one: SlipReferral, near: Area) -> PrintedReferral:
    places = sorted(one.where, key=lambda where: where.municipality != near.municipality)
    if not places:
        return PrintedReferral(one, None, (), ())
    here, *others = places
    return PrintedReferral(one, here, in_short(here.week), tuple(where.municipality or where.name for where in others))
