"""What a hub keeps that no window and nobody else can tell it again, carried from one of its databases to another."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from services.referrals.store.directory import NEVER, REVISION
from services.referrals.store.tables import Tables
from shared.messaging.node_state import note, recall

REVISIONS_AHEAD = 1000
"""By how much the directory's count rises: further than it was changed in the life that is lost."""

Untold = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of each table, by its name."""


def untold(connection: Connection, tables: Tables) -> Untold:
    """Who was a supervisor when, second steps, what institutions wrote into the directory, who had no room."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in _kept(tables)
    }


def put_untold(connection: Connection, tables: Tables, rows: Untold) -> None:
    """In the place of what stands there; of what is only ever added to, nothing that stands there is lost."""
    for table in _standing(tables):
        connection.execute(delete(table))
    for table in _added_to(tables):
        for row in rows[table.name]:
            connection.execute(delete(table).where(*(key == row[key.name] for key in table.primary_key)))
    for table in _kept(tables):
        if rows[table.name]:
            connection.execute(insert(table), list(rows[table.name]))


def go_on_above(connection: Connection, tables: Tables, lost: str | None) -> None:
    """No version of the directory is ever two; ``lost`` is the revision of the life that is lost, where it is known."""
    revisions = [recall(connection, tables.messaging, REVISION) or NEVER, lost or NEVER]
    count, _, name = max(revisions, key=_count).partition(" ")
    note(connection, tables.messaging, REVISION, f"{int(count) + REVISIONS_AHEAD} {name}")


def revision(connection: Connection, tables: Tables) -> str | None:
    """How often the directory was changed; None when it never was."""
    return recall(connection, tables.messaging, REVISION)


def _count(revision: str) -> int:
    return int(revision.partition(" ")[0])


def _kept(tables: Tables) -> Sequence[Table]:
    return (*_added_to(tables), *_standing(tables))


def _added_to(tables: Tables) -> Sequence[Table]:
    return (tables.supervisors, tables.directory_changes)


def _standing(tables: Tables) -> Sequence[Table]:
    return (tables.second_step.factors, tables.second_step.codes, tables.full_services)
