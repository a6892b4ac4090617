"""What routing would decide about a case, by the rules that the hub published last; nothing is recorded."""

from sqlalchemy import Connection

from services.intake.domain.window import Window
from services.intake.queries.world import Published
from shared.errors import Refused
from shared.routing.case import CaseDetails
from shared.routing.decide import decide
from shared.routing.decision import Decision


def preview(connection: Connection, published: Published, details: CaseDetails, *, place: Window) -> Decision:
    """Works without any network; ``no_directory`` before the hub has published for the first time.

    No other hub is counted on here: whether a link to one stands, only the hub knows.
    """
    in_force = published.in_force(connection)
    if in_force is None:
        raise Refused("no_directory")
    return decide(
        details, node=place.node, window=place.window, rules=in_force.rules, directory=in_force.directory
    )
