"""A node's epoch: the life between two restores. Sequences and positions only compare within one."""

from sqlalchemy import Connection

from shared.ids import id_after, new_id
from shared.messaging.node_state import note, recall
from shared.messaging.tables import MessagingTables

EPOCH = "epoch"

def epoch_of(connection: Connection, tables: MessagingTables) -> str:
    """The epoch of this node; made at the first call of its life."""
    return recall(connection, tables, EPOCH) or begin_epoch(connection, tables)


def begin_epoch(connection: Connection, tables: MessagingTables, *, above: str | None = None) -> str:
    """A new epoch, as after a restore. Epochs are UUIDv7: a later one sorts higher, even if the clock was turned back.

    ``above`` is another epoch that this node is known to have had.
    """
    before = max(recall(connection, tables, EPOCH) or "", above or "")
    epoch = id_after(before) if before else new_id()
    note(connection, tables, EPOCH, epoch)
    return epoch
