"""What users chose to hear (``/subscriptions``)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.domain.telling import Channel, Choice
from services.notifications.store.tables import choice_messages, choices
from shared.errors import Refused


class SqlChoices:
    """``Choices`` on both databases; read once per unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: Mapping[tuple[str, Channel], Choice] | None = None

    def all(self) -> Mapping[tuple[str, Channel], Choice]:
        """See ``Choices.all``."""
        if self._read is None:
            self._read = self._load()
        return self._read

    def _load(self) -> Mapping[tuple[str, Channel], Choice]:
        joined = choices.outerjoin(choice_messages)
        query = select(choices.c.username, choices.c.channel, choice_messages.c.message).select_from(joined)
        wanted: dict[tuple[str, Channel], set[str]] = {}
        for username, channel, message in self._connection.execute(query):
            messages = wanted.setdefault((username, Channel(channel)), set())
            if message is not None:
                messages.add(message)
        return {key: Choice(key[0], key[1], frozenset(messages)) for key, messages in wanted.items()}

    def add(self, subscription_id: str, choice: Choice, *, now: datetime) -> None:
        """See ``Choices.add``."""
        upsert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        row = {
            "id": subscription_id,
            "username": choice.username,
            "channel": choice.channel.value,
            "created_at": now,
        }
        if self._connection.execute(upsert(choices).values(row).on_conflict_do_nothing()).rowcount == 0:
            raise Refused("duplicate_name", fields={"channel": ["Ya tiene una suscripción por este canal. Bórrela primero."]})
        if choice.messages:
            self._connection.execute(
                insert(choice_messages),
                [{"subscription_id": subscription_id, "message": message} for message in sorted(choice.messages)],
            )
        self._read = None

    def remove(self, subscription_id: str) -> None:
        """See ``Choices.remove``."""
        self._connection.execute(delete(choice_messages).where(choice_messages.c.subscription_id == subscription_id))
        self._connection.execute(delete(choices).where(choices.c.id == subscription_id))
        self._read = None
