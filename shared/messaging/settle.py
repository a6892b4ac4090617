"""What a destination says of itself, brought home: settled, or to be sent again (architecture.md, 6 and 7)."""

from datetime import datetime

from sqlalchemy import Connection, and_, case, false, func, or_, select, true, update

from shared.contracts.addresses import Address
from shared.contracts.standing import Standing
from shared.messaging.epochs import epoch_of
from shared.messaging.streams import Stream, lock_streams
from shared.messaging.tables import MessagingTables


def settle(
    connection: Connection,
    tables: MessagingTables,
    *,
    destination: Address,
    standing: Standing,
    told_at: datetime,
    now: datetime,
) -> bool:
    """Take in how far ``destination`` has committed what we sent it; whether it is in a life that we did not know of.

    What is covered is settled and its sealed part dropped. When it reports less than before, or a new epoch of
    its own, it was restored: everything above is due again, rebuilt from the current state where it is gone.
    Twice: the same. Late or out of order: a telling from before its restore changes nothing, and one that reports
    less is believed only when it was told later (``told_at``). What reports as much or more is believed whatever
    its clock says: the teller's may have been turned back. Half way: all or nothing, with the caller's transaction.
    """
    mine = epoch_of(connection, tables)
    stream = lock_streams(connection, tables, [destination.key], epoch=mine, now=now)[destination.key]
    if _is_late(stream, standing, told_at):
        return False
    restored = stream.destination_epoch is not None and stream.destination_epoch != standing.epoch
    current = standing.source_epoch == stream.epoch
    through = standing.through if current else 0
    _cover(connection, tables, destination, standing, now=now)
    if restored or (current and standing.through < stream.through):
        _reopen(connection, tables, destination, standing, epoch=stream.epoch, restored=restored, now=now)
    else:
        through = max(through, stream.through)
    streams = tables.streams
    moved = through != stream.through
    connection.execute(
        update(streams)
        .where(streams.c.destination == destination.key)
        .values(
            through=through,
            destination_epoch=standing.epoch,
            told_at=told_at if restored or stream.told_at is None else max(told_at, stream.told_at),
            heard_at=now,
            quiet_since=now if moved or restored else stream.quiet_since,
            resends=0 if moved or restored else stream.resends,
        )
    )
    return stream.destination_epoch != standing.epoch


def _is_late(stream: Stream, standing: Standing, told_at: datetime) -> bool:
    """Whether the destination has told something newer since: in a later life, or later and more in this one."""
    if stream.destination_epoch is None or stream.told_at is None or standing.epoch > stream.destination_epoch:
        return False
    if standing.epoch < stream.destination_epoch:
        return True
    less = standing.source_epoch == stream.epoch and standing.through < stream.through
    return less and told_at <= stream.told_at


def _cover(
    connection: Connection, tables: MessagingTables, destination: Address, standing: Standing, *, now: datetime
) -> None:
    outbox = tables.outbox
    if standing.source_epoch is None:
        return
    connection.execute(
        update(outbox)
        .where(
            outbox.c.destination == destination.key,
            outbox.c.settled_at.is_(None),
            outbox.c.epoch == standing.source_epoch,
            outbox.c.sequence <= standing.through,
        )
        .values(
            settled_at=now, sent_at=func.coalesce(outbox.c.sent_at, now), body=None, due_at=None, problem=None
        )
    )


def _reopen(
    connection: Connection,
    tables: MessagingTables,
    destination: Address,
    standing: Standing,
    *,
    epoch: str,
    restored: bool,
    now: datetime,
) -> None:
    """All that the destination has forgotten is due again; a place in an older epoch becomes one in the current.

    A restored destination may have heard of our current epoch since, and still not know what was settled in an older one.
    """
    outbox = tables.outbox
    known = (
        and_(outbox.c.epoch == standing.source_epoch, outbox.c.sequence <= standing.through)
        if standing.source_epoch is not None
        else false()
    )
    forgotten = outbox.c.epoch.is_not(None) if restored else outbox.c.epoch == epoch
    keeps_place = outbox.c.epoch == epoch
    connection.execute(
        update(outbox)
        .where(outbox.c.destination == destination.key, outbox.c.sequenced.is_(True), forgotten, ~known)
        .values(
            settled_at=None,
            due_at=now,
            sequence=case((keeps_place, outbox.c.sequence), else_=None),
            epoch=case((keeps_place, outbox.c.epoch), else_=None),
        )
    )


def last_contact(connection: Connection, tables: MessagingTables, destination: Address) -> datetime | None:
    """When ``destination`` was last heard, by our clock."""
    streams = tables.streams
    found: datetime | None = connection.execute(
        select(streams.c.heard_at).where(streams.c.destination == destination.key)
    ).scalar_one_or_none()
    return found


def reopen_all(
    connection: Connection, tables: MessagingTables, *, epoch: str, now: datetime, alone: bool
) -> None:
    """A source's own start: all without receipt is due again; in a new epoch, with new places.

    ``alone``: no other relay can live beside this one, so leases that stand are a dead process'. Else a leased
    row stays its relay's until the lease ends.
    """
    streams, outbox = tables.streams, tables.outbox
    connection.execute(
        update(streams)
        .where(streams.c.epoch != epoch)
        .values(epoch=epoch, last_sequence=0, through=0, resends=0, quiet_since=now)
    )
    older = and_(outbox.c.epoch.is_not(None), outbox.c.epoch != epoch)
    waiting = true() if alone else or_(outbox.c.due_at.is_(None), older)
    connection.execute(
        update(outbox)
        .where(outbox.c.settled_at.is_(None), waiting)
        .values(
            due_at=now,
            attempts=0,
            sequence=case((older, None), else_=outbox.c.sequence),
            epoch=case((older, None), else_=outbox.c.epoch),
        )
    )


def reopen_quiet(
    connection: Connection, tables: MessagingTables, destination: str, most: int, *, now: datetime
) -> None:
    """A destination is silent: its first ``most`` sent rows without receipt are due again."""
    streams, outbox = tables.streams, tables.outbox
    first = (
        select(outbox.c.id)
        .where(
            outbox.c.destination == destination,
            outbox.c.settled_at.is_(None),
            outbox.c.sequence.is_not(None),
            outbox.c.due_at.is_(None),
        )
        .order_by(outbox.c.sequence)
        .limit(most)
    )
    connection.execute(
        update(streams)
        .where(streams.c.destination == destination)
        .values(quiet_since=now, resends=streams.c.resends + 1)
    )
    connection.execute(update(outbox).where(outbox.c.id.in_(first)).values(due_at=now))
