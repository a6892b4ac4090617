"""How the window stands towards its hub (contracts.md, ``GET /sync``)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from services.intake.store.hub import forked_since
from services.intake.store.tables import Tables
from shared.contracts.addresses import Address
from shared.messaging.outbox import backlog
from shared.messaging.settle import last_contact


@dataclass(frozen=True)
class Sync:
    """``outbox`` waits to be sent, ``unreceipted`` was sent and is not known to have been taken.

    ``forked_since``: since then another process speaks in this window's name.
    """

    broker: str
    outbox: int
    unreceipted: int
    last_contact: datetime | None
    directory_version: str | None
    epoch: str
    forked_since: datetime | None


def sync_of(connection: Connection, tables: Tables, *, node: str, epoch: str, broker_up: bool) -> Sync:
    """Reads only what is open."""
    waiting = backlog(connection, tables.messaging)
    version = connection.execute(select(tables.directories.c.version)).scalar_one_or_none()
    return Sync(
        broker="up" if broker_up else "down",
        outbox=waiting.queued,
        unreceipted=waiting.unreceipted,
        last_contact=last_contact(connection, tables.messaging, Address.hub(node)),
        directory_version=version,
        epoch=epoch,
        forked_since=forked_since(connection, tables.messaging),
    )
