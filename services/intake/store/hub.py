"""The streams to and from the hub, and what it refuses, in one unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, insert, update

from services.intake.store.tables import Tables
from services.intake.use_cases.ports import Waiting
from shared.contracts.addresses import Address
from shared.contracts.standing import Standing
from shared.messaging.node_state import note, recall
from shared.messaging.outbox import Delivery, backlog, delivery_of
from shared.messaging.positions import standing_towards
from shared.messaging.settle import settle
from shared.messaging.tables import MessagingTables
from shared.security.vault import Vault

FORKED_SINCE = "forked_since"
TELLING = ("case.registered", "case.updated")
"""Events with a case's details."""


class KeptHub:
    """How far the hub has taken what this window said, and this window what the hub said."""

    def __init__(self, connection: Connection, tables: Tables, *, hub: Address, epoch: str) -> None:
        self._connection = connection
        self._tables = tables.messaging
        self._hub = hub
        self._epoch = epoch

    def settle(self, standing: Standing, *, told_at: datetime, now: datetime) -> None:
        """Take in how far the hub has committed."""
        settle(
            self._connection, self._tables, destination=self._hub, standing=standing, told_at=told_at, now=now
        )

    def drop_waiting(self, case_id: str) -> None:
        """Empty what tells of a case and is not home yet; the relay asks ``rebuild`` and hears: nothing."""
        outbox = self._tables.outbox
        self._connection.execute(
            update(outbox)
            .where(outbox.c.subject == case_id, outbox.c.type.in_(TELLING), outbox.c.settled_at.is_(None))
            .values(body=None)
        )

    def standing(self) -> Standing:
        """How far this window has committed. One that was told to exist twice asks for an answer, until it is over."""
        standing = standing_towards(self._connection, self._tables, source=self._hub, epoch=self._epoch)
        return standing if forked_since(self._connection, self._tables) is None else replace(standing, heard_epoch=None)

    def note_fork(self, since: datetime | None) -> None:
        """Since when the hub says that this window exists twice; None: it does not, or no more."""
        known = forked_since(self._connection, self._tables)
        earliest = min(known, since) if known and since else since
        note(self._connection, self._tables, FORKED_SINCE, earliest.isoformat() if earliest else None)

    def backlog(self) -> Waiting:
        """What has not come home yet."""
        found = backlog(self._connection, self._tables)
        return Waiting(found.queued, found.unreceipted)


def forked_since(connection: Connection, tables: MessagingTables) -> datetime | None:
    """Since when this window exists twice, as far as the hub says."""
    noted = recall(connection, tables, FORKED_SINCE)
    return datetime.fromisoformat(noted) if noted else None


class KeptRefusals:
    """What the hub refuses now."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault, *, hub: Address) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault
        self._hub = hub

    def clear(self, case_id: str) -> None:
        """The case changed."""
        refusals = self._tables.refusals
        self._connection.execute(delete(refusals).where(refusals.c.case_id == case_id))

    def replace(self, refused: Mapping[str, Mapping[str, Sequence[str]]], at: datetime) -> None:
        """All that stand; a case with an event under way has changed since the hub looked at it."""
        refusals = self._tables.refusals
        ids = list(refused)
        where = delivery_of(self._connection, self._tables.messaging, ids, to=self._hub) if ids else {}
        self._connection.execute(delete(refusals))
        rows = [
            {"case_id": case_id, "at": at, "sealed": self._vault.seal_local(orjson.dumps(errors))}
            for case_id, errors in refused.items()
            if where[case_id] is Delivery.RECEIVED
        ]
        if rows:
            self._connection.execute(insert(refusals), rows)
