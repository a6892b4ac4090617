"""What routing would decide about a case, by the rules that the hub published last; nothing is recorded."""

from sqlalchemy import Connection

from services.intake.queries.world import Published, World
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.routing.decision import Decision


def preview(connection: Connection, published: Published, details: CaseDetails) -> Decision:
    """Works without any network; ``no_directory`` before the hub has published for the first time.

    No other hub is counted on here: whether a link to one stands, only the hub knows.
    """
    decision = World(connection, published).decide(details)
    if decision is None:
        raise Refused("no_directory")
    return decision
