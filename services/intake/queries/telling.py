"""Whether the hub is owed something: asked every second, so it reads next to nothing."""

from sqlalchemy import Connection, literal, select, union_all

from services.intake.store.tables import Tables
from shared.contracts.addresses import Address
from shared.messaging.outbox import backlog
from shared.messaging.recovery import answered_to


def has_to_tell(connection: Connection, tables: Tables) -> bool:
    """Whether cases or referrals are queued to be told again."""
    queues = (tables.telling_queue, tables.held_queue)
    found = union_all(*(select(literal(1)).select_from(select(queue).limit(1).subquery()) for queue in queues))
    return connection.execute(found).first() is not None


def may_answer(connection: Connection, tables: Tables, hub: Address) -> bool:
    """Whether the hub's present life does not know yet that it has heard all, and nothing of it is under way."""
    streams = tables.messaging.streams
    epoch = connection.execute(
        select(streams.c.destination_epoch).where(streams.c.destination == hub.key)
    ).scalar_one_or_none()
    if epoch is None or epoch == answered_to(connection, tables.messaging):
        return False
    waiting = backlog(connection, tables.messaging)
    return not waiting.queued and not waiting.unreceipted
