"""All that the hub was told of, in short: compared with it once a day, and whenever either was restored."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from services.intake.queries.telling import has_to_tell
from services.intake.store.cases import CHANGE
from services.intake.store.hub import compared_with_hub
from services.intake.store.tables import Tables
from services.intake.use_cases.hub_ports import Digest
from shared.contracts.addresses import Address
from shared.contracts.digest import Version, digest_of
from shared.messaging.epochs import epoch_of
from shared.messaging.outbox import backlog

COMPARED_EVERY = timedelta(days=1)
AT_ONCE = 500
"""Rows fetched at once."""


def digest_due(connection: Connection, tables: Tables, *, hub: Address, now: datetime) -> Digest | None:
    """The digest, if it is to be told now: never while something is under way. Reads one index, from one snapshot."""
    streams = tables.messaging.streams
    hub_epoch = connection.execute(
        select(streams.c.destination_epoch).where(streams.c.destination == hub.key)
    ).scalar_one_or_none()
    last = compared_with_hub(connection, tables.messaging)
    if hub_epoch is None or (
        last is not None
        and (last.epoch, last.hub_epoch) == (epoch_of(connection, tables.messaging), hub_epoch)
        and timedelta() <= now - last.at < COMPARED_EVERY
    ):
        return None
    waiting = backlog(connection, tables.messaging)
    if waiting.queued or waiting.unreceipted or has_to_tell(connection, tables):
        return None
    told = digest_of(_told(connection, tables), pause=partial(time.sleep, 0))
    return Digest(_changes(connection, tables), told)


def _changes(connection: Connection, tables: Tables) -> int:
    counters = tables.counters
    query = select(counters.c.value).where(counters.c.name == CHANGE)
    return connection.execute(query).scalar_one_or_none() or 0


def _told(connection: Connection, tables: Tables) -> Iterator[Version]:
    """Row by row: none is waited for until it is needed."""
    cases = tables.cases
    query = select(cases.c.id, cases.c.told_incarnation, cases.c.told_version).where(cases.c.told.is_(True))
    for row in connection.execute(query.execution_options(yield_per=AT_ONCE)):
        yield row.id, row.told_incarnation, row.told_version
