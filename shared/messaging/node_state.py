"""What a node remembers of itself, a word each: its epoch, its incarnation, what it was told of itself."""

from sqlalchemy import Connection, delete, insert, select

from shared.messaging.tables import MessagingTables


def recall(connection: Connection, tables: MessagingTables, name: str) -> str | None:
    """What was noted under this name; None when nothing was."""
    state = tables.node_state
    found: str | None = connection.execute(select(state.c.value).where(state.c.name == name)).scalar_one_or_none()
    return found


def note(connection: Connection, tables: MessagingTables, name: str, value: str | None) -> None:
    """Note it in the place of what stood there; None notes nothing."""
    state = tables.node_state
    connection.execute(delete(state).where(state.c.name == name))
    if value is not None:
        connection.execute(insert(state), [{"name": name, "value": value}])
