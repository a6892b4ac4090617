"""The streams to and from the hub, and what it refuses, in one unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from services.intake.store.tables import Tables
from services.intake.use_cases.hub_ports import Compared, Waiting
from shared.contracts.addresses import Address
from shared.contracts.standing import Standing
from shared.messaging.node_state import note, recall
from shared.messaging.outbox import Delivery, backlog, delivery_of
from shared.messaging.positions import standing_towards
from shared.messaging.recovery import answered_to, note_answer
from shared.messaging.settle import settle
from shared.messaging.tables import MessagingTables
from shared.security.vault import Vault

FORKED_SINCE, DIGEST = "forked_since", "digest"
TELLING = ("case.registered", "case.updated")
"""Events with a case's details."""


class KeptHub:
    """How far the hub has taken what this window said, and this window what the hub said."""

    def __init__(self, connection: Connection, tables: Tables, *, hub: Address, epoch: str) -> None:
        self._connection = connection
        self._tables = tables.messaging
        self._hub = hub
        self._epoch = epoch

    @cached_property
    def heard_epoch(self) -> str | None:
        """The hub's life, as far as this window has heard."""
        streams = self._tables.streams
        found: str | None = self._connection.execute(
            select(streams.c.destination_epoch).where(streams.c.destination == self._hub.key)
        ).scalar_one_or_none()
        return found

    @property
    def answered_epoch(self) -> str | None:
        """The hub's life to which all that is held here was told."""
        return answered_to(self._connection, self._tables)

    def note_answer(self, epoch: str | None) -> None:
        """All was told to this life of the hub; None: there is something to tell."""
        note_answer(self._connection, self._tables, epoch)

    def note_digest(self, compared: Compared | None) -> None:
        """What came of the last comparison of all cases with the hub; None: compare again."""
        note(self._connection, self._tables, DIGEST, compared.written if compared else None)

    def settle(self, standing: Standing, *, told_at: datetime, now: datetime) -> bool:
        """Take in how far the hub has committed; whether it is in a life that was not known here."""
        return settle(
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

    def drop_ask(self, ask_id: str) -> None:
        """Empty an ask that is not home yet although it was answered: a hub that forgot must not do it again."""
        outbox = self._tables.outbox
        mine = (outbox.c.subject == ask_id) & outbox.c.settled_at.is_(None)
        self._connection.execute(update(outbox).where(mine).values(body=None))

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


def compared_with_hub(connection: Connection, tables: MessagingTables) -> Compared | None:
    """What came of the last comparison of all cases with the hub."""
    noted = recall(connection, tables, DIGEST)
    return Compared.read(noted) if noted else None


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
