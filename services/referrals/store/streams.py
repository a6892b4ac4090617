"""How far the destinations of this hub have come, and which directory was published last."""

from datetime import datetime

from sqlalchemy import Connection

from services.referrals.store.tables import Tables
from shared.contracts.addresses import Address
from shared.contracts.standing import Standing
from shared.messaging.node_state import note, recall
from shared.messaging.positions import standing_towards
from shared.messaging.settle import settle

PUBLISHED = "directory_published"


class KeptStreams:
    """Written at once: there is one per destination and batch."""

    def __init__(self, connection: Connection, tables: Tables, epoch: str) -> None:
        self._connection = connection
        self._tables = tables.messaging
        self.epoch = epoch

    def settle(self, destination: Address, standing: Standing, *, told_at: datetime, now: datetime) -> None:
        """Take in how far a destination has committed."""
        settle(self._connection, self._tables, destination=destination, standing=standing, told_at=told_at, now=now)

    def standing(self, source: Address) -> Standing:
        """How far this hub has committed what ``source`` sent."""
        return standing_towards(self._connection, self._tables, source=source, epoch=self.epoch)

    def published(self) -> str | None:
        """The version that was last published."""
        return recall(self._connection, self._tables, PUBLISHED)

    def publish(self, version: str) -> None:
        """That this version was published."""
        note(self._connection, self._tables, PUBLISHED, version)
