"""The service directory and the guidance at a window: both without any network."""

from services.intake.queries.world import near
from services.intake.web.api.v1.room import Room
from shared.errors import Refused
from shared.web.call import Endpoint
from shared.web.services import InForce, services_endpoint


def directory_endpoints(room: Room) -> tuple[Endpoint, ...]:
    """``GET /services``."""
    return (services_endpoint(lambda: in_force(room), lambda _call: room.here, refuses=("no_directory",)),)


def in_force(room: Room) -> InForce:
    """The directory that the hub published last, with its version and date; ``no_directory`` before the first."""
    now = room.clock.now()
    with room.database.read() as connection:
        known = room.published.in_force(connection)
    if known is None:
        raise Refused("no_directory")
    return InForce(
        known.directory, known.version, known.published_at, near(known.directory, room.place), now, room.today()
    )
