"""A node's epoch: the life between two restores. Sequences and positions only compare within one."""

from sqlalchemy import Connection, delete, insert, select

from shared.ids import id_after, new_id
from shared.messaging.tables import MessagingTables


def epoch_of(connection: Connection, tables: MessagingTables) -> str:
    """The epoch of this node; made at the first call of its life."""
    state = tables.node_state
    found = connection.execute(select(state.c.value).where(state.c.name == "epoch")).scalar_one_or_none()
    return str(found) if found is not None else begin_epoch(connection, tables)


def begin_epoch(connection: Connection, tables: MessagingTables) -> str:
    """A new epoch, as after a restore. Epochs are UUIDv7: a later one sorts higher, even if the clock was turned back."""
    state = tables.node_state
    before = connection.execute(select(state.c.value).where(state.c.name == "epoch")).scalar_one_or_none()
    epoch = new_id() if before is None else id_after(str(before))
    connection.execute(delete(state).where(state.c.name == "epoch"))
    connection.execute(insert(state), [{"name": "epoch", "value": epoch}])
    return epoch
