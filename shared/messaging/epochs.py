"""A node's epoch: the life between two restores. Sequences and positions only compare within one."""

from uuid import UUID

from sqlalchemy import Connection

from shared.ids import new_id
from shared.messaging.node_state import note, recall
from shared.messaging.tables import MessagingTables

EPOCH = "epoch"

_ONE_MILLISECOND = 1 << 80
"""In a UUIDv7, whose first 48 bits count milliseconds."""


def epoch_of(connection: Connection, tables: MessagingTables) -> str:
    """The epoch of this node; made at the first call of its life."""
    return recall(connection, tables, EPOCH) or begin_epoch(connection, tables)


def begin_epoch(connection: Connection, tables: MessagingTables, *, above: str | None = None) -> str:
    """A new epoch, as after a restore. Epochs are UUIDv7: a later one sorts higher, even if the clock was turned back.

    ``above`` is another epoch that this node is known to have had.
    """
    before, epoch = max(recall(connection, tables, EPOCH) or "", above or ""), new_id()
    if before and epoch <= before:
        epoch = str(UUID(int=UUID(before).int + _ONE_MILLISECOND))
    note(connection, tables, EPOCH, epoch)
    return epoch
