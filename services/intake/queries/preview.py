"""What routing would decide about a case, by the rules that the hub published last; nothing is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.intake.queries.world import Published
from shared.directory.entries import Assurance
from shared.errors import Refused
from shared.routing.capacity import Room
from shared.routing.case import CaseDetails
from shared.routing.decision import Decision


@dataclass(frozen=True)
class Previewed:
    """A decision, and for each of its referrals whether somebody stands by the institution's entries for these needs."""

    decision: Decision
    assurance: Sequence[Assurance]


def preview(connection: Connection, published: Published, details: CaseDetails, *, now: datetime) -> Previewed:
    """Works without any network; ``no_directory`` before the hub has published for the first time.

    No other hub is counted on here: whether a link to one stands, only the hub knows. Who has no room is what the
    hub published last.
    """
    in_force, place = published.in_force(connection), published.place
    if in_force is None:
        raise Refused("no_directory")
    directory, today = in_force.directory, place.moment(now).today
    decision = in_force.decide(details, place, room=Room(directory.full_at(now)))
    return Previewed(decision, [directory.assurance(one.institution, one.needs, today) for one in decision.referrals])
