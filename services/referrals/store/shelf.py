"""Entities of one table within one unit of work: read once, written back at the end in few statements.

A batch of a hundred events is one transaction; so nothing is written before ``flush``, which inserts what is new
and updates what differs from what was read, each in one statement of many rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, RowMapping, Table, Update, bindparam, insert, select, update

from shared.security.vault import Erased, Vault

E = TypeVar("E")
AT_ONCE = 500
"""Ids in one IN list; SQLite takes 32,766 parameters, PostgreSQL plans long lists slowly."""


@dataclass(frozen=True)
class Written(Generic[E]):
    """How an entity is kept: plain columns, and the secret that is sealed for ``person`` under the record's id.

    ``secret_mark`` compares equal as long as the secret need not be sealed again.
    """

    row: Callable[[E], dict[str, Any]]
    secret: Callable[[E], Mapping[str, Any]]
    secret_mark: Callable[[E], object]
    entity: Callable[[RowMapping, Mapping[str, Any]], E]
    person: Callable[[E], str]
    id: Callable[[E], str]


@dataclass
class _Kept(Generic[E]):
    entity: E
    row: dict[str, Any] | None
    mark: object


class Shelf(Generic[E]):
    """The entities of one table that this work has touched."""

    def __init__(self, connection: Connection, table: Table, vault: Vault, written: Written[E]) -> None:
        self._connection = connection
        self._table = table
        self._vault = vault
        self._written = written
        self._kept: dict[str, _Kept[E]] = {}

    def __contains__(self, key: str) -> bool:
        """Whether it was read or added already."""
        return key in self._kept

    def get(self, key: str) -> E | None:
        """One that was read or added already."""
        kept = self._kept.get(key)
        return kept.entity if kept else None

    def add(self, entity: E) -> None:
        """A new one; written at ``flush``."""
        self._kept[self._written.id(entity)] = _Kept(entity, None, None)

    def load(self, column: str, values: Iterable[str]) -> Sequence[E]:
        """Read all rows whose ``column`` is one of ``values``; one that is here already stays as it is.

        Rows of a person who was forgotten are closed for good: as if they were not there.
        """
        found = []
        for some in chunks(sorted(set(values))):
            query = select(self._table).where(self._table.c[column].in_(some)).order_by(self._table.c.id)
            for row in self._connection.execute(query).mappings():
                with suppress(Erased):
                    found.append(self._keep(row))
        return found

    def flush(self) -> list[E]:
        """Write what is new or changed; returns those entities."""
        new = [kept for kept in self._kept.values() if kept.row is None]
        changed = [kept for kept in self._kept.values() if kept.row is not None and self._differs(kept)]
        if new:
            self._connection.execute(insert(self._table), [self._row(kept) for kept in new])
        if changed:
            self._connection.execute(self._update(), [{**self._row(kept), "_id": self._written.id(kept.entity)} for kept in changed])
        for kept in (*new, *changed):
            kept.row, kept.mark = self._written.row(kept.entity), self._written.secret_mark(kept.entity)
        return [kept.entity for kept in (*new, *changed)]

    def _keep(self, row: RowMapping) -> E:
        known = self._kept.get(row["id"])
        if known is not None:
            return known.entity
        secret = self._vault.open(row["person_id"], row["id"], row["sealed"])
        entity = self._written.entity(row, secret)
        self._kept[row["id"]] = _Kept(entity, self._written.row(entity), self._written.secret_mark(entity))
        return entity

    def _differs(self, kept: _Kept[E]) -> bool:
        return self._written.row(kept.entity) != kept.row or self._written.secret_mark(kept.entity) != kept.mark

    def _row(self, kept: _Kept[E]) -> dict[str, Any]:
        entity, how = kept.entity, self._written
        return {**how.row(entity), "sealed": self._vault.seal(how.person(entity), how.id(entity), how.secret(entity))}

    def _update(self) -> Update:
        columns: dict[str, Any] = {column.name: bindparam(column.name) for column in self._table.columns if column.name != "id"}
        return update(self._table).where(self._table.c.id == bindparam("_id")).values(columns)


def chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """Lists short enough for one statement."""
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
