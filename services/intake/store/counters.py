"""Numbers that only rise, taken in the act's own transaction: one that rolls back gives them back."""

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite


def take(connection: Connection, counters: Table, name: str, count: int) -> range:
    """The next ``count`` numbers of a counter, from 1. On PostgreSQL its row stays locked until the commit."""
    upsert = _insert(connection, counters).values(name=name, value=count)
    last = connection.execute(
        upsert.on_conflict_do_update(
            index_elements=[counters.c.name], set_={"value": counters.c.value + count}
        ).returning(counters.c.value)
    ).scalar_one()
    return range(last - count + 1, last + 1)


def raise_to(connection: Connection, counters: Table, name: str, least: int) -> None:
    """Go on above ``least``; a counter that stands higher stays."""
    value = connection.execute(select(counters.c.value).where(counters.c.name == name)).scalar_one_or_none()
    if value is not None and value >= least:
        return
    upsert = _insert(connection, counters).values(name=name, value=least)
    larger = func.greatest if connection.dialect.name == "postgresql" else func.max
    connection.execute(
        upsert.on_conflict_do_update(
            index_elements=[counters.c.name], set_={"value": larger(counters.c.value, least)}
        )
    )


def _insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
