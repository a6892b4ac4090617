"""A node's epoch: the life between two restores. Sequences and positions only compare within one."""

from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from shared.ids import new_id
from shared.messaging.tables import MessagingTables

_ONE_MILLISECOND = 1 << 80
"""In a UUIDv7, whose first 48 bits count milliseconds."""


def epoch_of(connection: Connection, tables: MessagingTables) -> str:
    """The epoch of this node; made at the first call of its life."""
    state = tables.node_state
    found = connection.execute(select(state.c.value).where(state.c.name == "epoch")).scalar_one_or_none()
    return str(found) if found is not None else begin_epoch(connection, tables)


def begin_epoch(connection: Connection, tables: MessagingTables) -> str:
    """A new epoch, as after a restore. Epochs are UUIDv7: a later one sorts higher, even if the clock was turned back."""
    state = tables.node_state
    before = connection.execute(select(state.c.value).where(state.c.name == "epoch")).scalar_one_or_none()
    epoch = new_id()
    if before is not None and epoch <= str(before):
        epoch = str(UUID(int=UUID(str(before)).int + _ONE_MILLISECOND))
    connection.execute(delete(state).where(state.c.name == "epoch"))
    connection.execute(insert(state), [{"name": "epoch", "value": epoch}])
    return epoch
