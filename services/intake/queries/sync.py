"""How the window stands towards its hub (contracts.md, ``GET /sync``)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from services.intake.store.hub import compared_with_hub, forked_since
from services.intake.store.tables import Tables
from shared.contracts.addresses import Address
from shared.messaging.outbox import backlog
from shared.messaging.settle import last_contact


@dataclass(frozen=True)
class Sync:
    """``outbox`` waits to be sent, ``unreceipted`` was sent and is not known to have been taken.

    ``forked_since``: since then another process speaks in this window's name. ``compared_at``: when the hub last
    compared all cases with its own, ``hub_agrees`` whether they were the same.
    """

    broker: str
    outbox: int
    unreceipted: int
    last_contact: datetime | None
    directory_version: str | None
    epoch: str
    forked_since: datetime | None
    compared_at: datetime | None
    hub_agrees: bool | None


def sync_of(connection: Connection, tables: Tables, *, node: str, epoch: str, broker_up: bool) -> Sync:
    """Reads only what is open."""
    waiting = backlog(connection, tables.messaging)
    compared = compared_with_hub(connection, tables.messaging)
    version = connection.execute(select(tables.directories.c.version)).scalar_one_or_none()
    return Sync(
        broker="up" if broker_up else "down",
        outbox=waiting.queued,
        unreceipted=waiting.unreceipted,
        last_contact=last_contact(connection, tables.messaging, Address.hub(node)),
        directory_version=version,
        epoch=epoch,
        forked_since=forked_since(connection, tables.messaging),
        compared_at=compared.at if compared else None,
        hub_agrees=compared.agrees if compared else None,
    )
