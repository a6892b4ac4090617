"""A node that was restored learns back what it forgot from those who were told of it (decision 5).

Until one of them has told what it holds, and all of that was taken in, the node is *recovering* from it. Whoever
tells is asked by the epoch alone: it hears of a new life of ours, and answers when it has told everything.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from shared.contracts.addresses import Address
from shared.messaging.epochs import epoch_of
from shared.messaging.node_state import note, recall
from shared.messaging.routes import address_of
from shared.messaging.tables import MessagingTables

RESTORED_IN = "restored_in"
ANSWERED_TO = "answered_to"


def begin_recovery(connection: Connection, tables: MessagingTables) -> None:
    """We were restored, and our new epoch has begun: everybody has to answer."""
    note(connection, tables, RESTORED_IN, epoch_of(connection, tables))


def was_restored(connection: Connection, tables: MessagingTables) -> bool:
    """Whether there ever was something to learn back."""
    return recall(connection, tables, RESTORED_IN) is not None


def is_recovering(connection: Connection, tables: MessagingTables, source: Address) -> bool:
    """Whether ``source`` may still hold something that we forgot."""
    restored, streams = recall(connection, tables, RESTORED_IN), tables.streams
    if restored is None:
        return False
    recovered = connection.execute(
        select(streams.c.recovered_epoch).where(streams.c.destination == source.key)
    ).scalar_one_or_none()
    return recovered != restored


def take_answer(connection: Connection, tables: MessagingTables, source: Address, epoch: str | None) -> None:
    """``source`` says to which life of ours it has told all that it holds. Its stream's row is there: it was settled.

    An answer is not taken back: what comes later is taken in as well.
    """
    streams = tables.streams
    if epoch is not None:
        connection.execute(
            update(streams)
            .where(streams.c.destination == source.key, streams.c.answered_epoch.is_distinct_from(epoch))
            .values(answered_epoch=epoch)
        )


def who_answered(connection: Connection, tables: MessagingTables) -> Sequence[Address]:
    """Those who have told our present life all that they hold."""
    streams, restored = tables.streams, recall(connection, tables, RESTORED_IN)
    if restored is None:
        return []
    found = connection.execute(
        select(streams.c.destination).where(streams.c.answered_epoch == restored).order_by(streams.c.destination)
    )
    return [address_of(key) for key in found.scalars()]


def end_recovery(connection: Connection, tables: MessagingTables, source: Address) -> None:
    """All that ``source`` held was taken in."""
    streams = tables.streams
    connection.execute(
        update(streams)
        .where(streams.c.destination == source.key)
        .values(recovered_epoch=recall(connection, tables, RESTORED_IN))
    )


def answered_to(connection: Connection, tables: MessagingTables) -> str | None:
    """As one who was asked: the life of the other to which we have told all that we hold."""
    return recall(connection, tables, ANSWERED_TO)


def note_answer(connection: Connection, tables: MessagingTables, epoch: str | None) -> None:
    """All that we hold was told to this life of the other; None: there is something to tell."""
    note(connection, tables, ANSWERED_TO, epoch)
