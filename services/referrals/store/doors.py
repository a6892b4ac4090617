"""Who comes in at this hub: windows added by command, their keys, and those that are suspended."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from services.referrals.store.tables import Tables
from services.referrals.use_cases.door_ports import Door
from services.referrals.use_cases.ports import Country
from shared.contracts.addresses import Address
from shared.errors import Unreadable
from shared.ids import new_id
from shared.security.keyring import Keyring, Label
from shared.security.keys import NodeKey, public_keys
from shared.vocabulary.places import WindowPlace

VERSION = "doors"
"""In ``node_state``: another value after every change, so that a look is one row as long as nothing changed."""
SUSPENDED = "suspended"
"""Reason of a dead letter."""


class KeptDoors:
    """The doors in one unit of work; written at once, for they change a few times in a year."""

    def __init__(self, connection: Connection, tables: Tables, *, node: str, keyring: Keyring) -> None:
        self._connection = connection
        self._tables = tables
        self._node = node
        self._keyring = keyring

    def get(self, window: str) -> Door | None:
        """One door."""
        table = self._tables.doors
        row = self._connection.execute(select(table).where(table.c.window == window)).mappings().one_or_none()
        return None if row is None else door_of(row)

    def put(self, door: Door) -> None:
        """Keep a door as it is now."""
        table, state = self._tables.doors, self._tables.messaging.node_state
        self._connection.execute(delete(table).where(table.c.window == door.window))
        place = None if door.place is None else asdict(door.place)
        row = {**vars(door), "place": place, "keys": [dict(key) for key in door.keys]}
        self._connection.execute(insert(table), [row])
        self._connection.execute(delete(state).where(state.c.name == VERSION))
        self._connection.execute(insert(state), [{"name": VERSION, "value": new_id()}])

    def kids_of(self, window: str) -> frozenset[str]:
        """The keys that are believed to be this window's."""
        return self._keyring.kids_of(Address.window(self._node, window))

    def seal_anew(self, window: str) -> None:
        """Empty what waits for the window: the relay tells it again, sealed for the new key, and soon."""
        tables, key = self._tables.messaging, Address.window(self._node, window).key
        outbox, streams = tables.outbox, tables.streams
        waiting = (outbox.c.destination == key) & outbox.c.settled_at.is_(None)
        self._connection.execute(delete(outbox).where(waiting, outbox.c.sequenced.is_(False)))
        self._connection.execute(update(outbox).where(waiting).values(body=None))
        self._connection.execute(update(streams).where(streams.c.destination == key).values(resends=0))


class InForce:
    """What the hub goes by now, for all its threads: its data files with the windows that were added by command.

    ``look`` is cheap and called before every batch and in every unit of work, so that a command of another process
    holds from the next one on.
    """

    def __init__(self, tables: Tables, country: Country, keyring: Keyring) -> None:
        self._tables = tables
        self._files = country
        self._keyring = keyring
        self._seen: str | None = None
        self.country = country
        self.suspended: Mapping[Address, Door] = {}

    def look(self, connection: Connection) -> Country:
        """Take in what changed since the last look."""
        state = self._tables.messaging.node_state
        version = connection.execute(select(state.c.value).where(state.c.name == VERSION)).scalar_one_or_none()
        if version != self._seen:
            doors = [door_of(row) for row in connection.execute(select(self._tables.doors)).mappings()]
            self._take_in(sorted(doors, key=lambda door: (door.added_at, door.window)))
            self._seen = version
        return self.country

    def _take_in(self, doors: Sequence[Door]) -> None:
        self.country = self._files.with_windows([door.place for door in doors if door.place is not None])
        self._keyring.trust([key for door in doors for key in _keys(door)])
        shut = (door for door in doors if door.suspended_at is not None)
        self.suspended = {Address.window(self._files.node, door.window): door for door in shut}


class Doorkeeper:
    """The hub's ``Opener``: a signature must be right, and its owner must not be suspended."""

    def __init__(self, keyring: Keyring, in_force: InForce) -> None:
        self._keyring = keyring
        self._in_force = in_force

    def verify(self, body: bytes, signature: str) -> Address:
        """Whose signature this is."""
        signer = self._keyring.verify(body, signature)
        if signer in self._in_force.suspended:
            raise Unreadable(SUSPENDED)
        return signer

    def open(self, token: str, label: Label) -> Mapping[str, object]:
        """What was sealed for the hub."""
        return self._keyring.open(token, label)


def door_of(row: RowMapping) -> Door:
    """A door from its row."""
    told: dict[str, Any] = dict(row)
    place = None if told["place"] is None else WindowPlace(**told["place"])
    return Door(**{**told, "place": place, "keys": tuple(told["keys"])})


def _keys(door: Door) -> Sequence[NodeKey]:
    return public_keys(door.keys)
