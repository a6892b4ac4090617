"""``window.heartbeat``: a window tells, after each batch and every minute, how it stands."""

from dataclasses import dataclass

from shared.contracts.fields import text, whole
from shared.contracts.standing import Standing, StandingSchema

NAME = "window.heartbeat"
VERSION = 1


@dataclass(frozen=True)
class WindowHeartbeat(Standing):
    """The standing, what waits to be sent, and which directory the window works with."""

    directory_version: str | None = None
    outbox: int = 0
    unreceipted: int = 0


class WindowHeartbeatSchema(StandingSchema):
    """``window.heartbeat``, version 1."""

    makes = WindowHeartbeat
    directory_version = text(none=True)
    outbox = whole()
    unreceipted = whole()
