"""A database that was put back from a copy begins a new life, before its service opens."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete

from shared.messaging.epochs import begin_epoch
from shared.messaging.node_state import note
from shared.messaging.tables import MessagingTables


def begin_life(
    connection: Connection, tables: MessagingTables, *, above: str | None, forgets: Sequence[str] = ()
) -> str:
    """A new epoch above every known one, and nothing left that speaks of the old: standings are said anew.

    ``above`` is the epoch of the database that is replaced, if it could still be read; ``forgets`` names what the
    node noted of itself in the old life and must not take for true in the new one.
    """
    connection.execute(delete(tables.outbox).where(tables.outbox.c.sequenced.is_(False)))
    for name in forgets:
        note(connection, tables, name, None)
    return begin_epoch(connection, tables, above=above)
