"""The service directory in force: the seeded files, what institutions changed since, and who said that they are full."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.referrals.store.tables import Tables
from services.referrals.use_cases.ports import Country
from shared.contracts.fields import tolerant
from shared.directory.entries import Full, Location, Service
from shared.directory.schemas import LocationSchema, ServiceSchema
from shared.ids import new_id
from shared.messaging.streams import insert_or_skip
from shared.routing.directory import Directory
from shared.vocabulary.codes import Need

REVISION = "directory_revision"
"""In ``node_state``: how often the directory was changed here, and a name for each change that no other bears.

The count is part of what is published; the name tells a change from one of the same count that was rolled back.
"""
NEVER = "0 seed"
LOCATION, SERVICE = "location", "service"

Entry = TypeVar("Entry", bound=Location | Service)


class Overlay:
    """The directory in force, kept read until another revision is there; one for all of a hub's transactions.

    ``seed`` gives what it is laid over: the files, with the windows that were added by command.
    """

    def __init__(self, tables: Tables, seed: Callable[[Connection], Country]) -> None:
        self._tables = tables
        self._seed = seed
        self._lock = threading.Lock()
        self._read: tuple[str, str, Directory] | None = None

    def directory(self, connection: Connection) -> Directory:
        """What holds as this transaction sees it."""
        revision, country = revision_of(connection, self._tables), self._seed(connection)
        with self._lock:
            if self._read is None or self._read[:2] != (revision, country.published):
                self._read = (revision, country.published, self._laid(country.directory, connection))
            return self._read[2]

    def version(self, connection: Connection) -> str:
        """What windows know it by, rules included."""
        count, _, _ = revision_of(connection, self._tables).partition(" ")
        published = self._seed(connection).published
        return published if count == "0" else f"{published}+{count}"

    def _laid(self, seed: Directory, connection: Connection) -> Directory:
        changes = self._tables.directory_changes
        newest = (
            select(changes.c.kind, changes.c.id, func.max(changes.c.version).label("version"))
            .group_by(changes.c.kind, changes.c.id)
            .subquery()
        )
        same = (changes.c.kind == newest.c.kind) & (changes.c.id == newest.c.id) & (changes.c.version == newest.c.version)
        rows = connection.execute(select(changes).join(newest, same).order_by(changes.c.id)).mappings().all()
        written: dict[str, dict[str, Any]] = {LOCATION: {}, SERVICE: {}}
        for row in rows:
            written[row["kind"]][row["id"]] = _SCHEMAS[row["kind"]].load(row["body"])
        full = connection.execute(select(self._tables.full_services).order_by("institution", "need")).mappings()
        return replace(
            seed,
            locations=_over(seed.locations, written[LOCATION]),
            services=_over(seed.services, written[SERVICE]),
            full=tuple(Full(row["institution"], Need(row["need"]), row["until"]) for row in full),
        )


class KeptDirectory:
    """The directory within one unit of work: read once for a whole batch; written at once, since there are few changes."""

    def __init__(self, connection: Connection, tables: Tables, overlay: Overlay) -> None:
        self._connection = connection
        self._tables = tables
        self._overlay = overlay
        self._read: Directory | None = None

    def in_force(self) -> Directory:
        """With what this work has changed."""
        if self._read is None:
            self._read = self._overlay.directory(self._connection)
        return self._read

    @property
    def version(self) -> str:
        """What windows know it by."""
        return self._overlay.version(self._connection)

    def hold(self) -> None:
        """Keep others from changing it until this work is over."""
        state = self._tables.messaging.node_state
        self._connection.execute(insert_or_skip(self._connection, state), [{"name": REVISION, "value": NEVER}])
        self._connection.execute(select(state.c.value).where(state.c.name == REVISION).with_for_update()).scalar_one()
        self._read = None

    def write_service(self, service: Service, *, by: str, at: datetime) -> None:
        """Keep a version of a service."""
        self._write(SERVICE, service, by=by, at=at)

    def write_location(self, location: Location, *, by: str, at: datetime) -> None:
        """Keep a version of a place."""
        self._write(LOCATION, location, by=by, at=at)

    def mark_full(self, institution: str, needs: Iterable[Need], *, until: datetime, now: datetime) -> None:
        """No room for these; what has faded by now is swept away with it."""
        self.hold()
        table = self._tables.full_services
        self._connection.execute(delete(table).where(table.c.until <= now))
        rows = [{"institution": institution, "need": need.value, "since": now, "until": until} for need in sorted(set(needs))]
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[table.c.institution, table.c.need],
                set_={"since": statement.excluded.since, "until": statement.excluded.until},
            ),
            rows,
        )
        self._revise()

    def clear_full(self, institution: str, needs: Iterable[Need]) -> None:
        """There is room for these again."""
        self.hold()
        table = self._tables.full_services
        these = (table.c.institution == institution) & table.c.need.in_([need.value for need in needs])
        self._connection.execute(delete(table).where(these))
        self._revise()

    def _write(self, kind: str, entry: Location | Service, *, by: str, at: datetime) -> None:
        self.hold()
        row = {
            "kind": kind, "id": entry.id, "version": entry.version, "institution": entry.institution,
            "body": _SCHEMAS[kind].dump(entry), "changed_by": by, "changed_at": at,
        }
        self._connection.execute(insert(self._tables.directory_changes).values(row))
        self._revise()

    def _revise(self) -> None:
        state = self._tables.messaging.node_state
        count, _, _ = revision_of(self._connection, self._tables).partition(" ")
        value = f"{int(count) + 1} {new_id()}"
        self._connection.execute(update(state).where(state.c.name == REVISION).values(value=value))
        self._read = None


def revision_of(connection: Connection, tables: Tables) -> str:
    """The count and name of the last change."""
    state = tables.messaging.node_state
    found: str | None = connection.execute(select(state.c.value).where(state.c.name == REVISION)).scalar_one_or_none()
    return found or NEVER


def _over(seeded: Sequence[Entry], written: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """The seeded entries in their order, each as last written, then those that no file has."""
    known = {entry.id for entry in seeded}
    return (
        *(written.get(entry.id, entry) for entry in seeded),
        *(entry for entry_id, entry in written.items() if entry_id not in known),
    )


_SCHEMAS: Mapping[str, Any] = {LOCATION: tolerant(LocationSchema()), SERVICE: tolerant(ServiceSchema())}
