"""Where the broker is, and what can go wrong on the way there."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from amqp.exceptions import AMQPError
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from shared.errors import ConfigError
from shared.messaging import memory

HEARTBEAT = 30
"""Seconds (anchors-reliability.md 2)."""
CONNECT_SECONDS = 5
LOST = (OSError, AMQPError, OperationalError)
"""What a lost connection or a closed channel looks like; each means: close, connect anew."""

Ssl = Mapping[str, object] | bool


@dataclass(frozen=True)
class Broker:
    """One broker by its address; ``memory://`` is the embedded one, of this process alone."""

    uri: str
    ssl: Ssl = False

    def __post_init__(self) -> None:
        if urlsplit(self.uri).scheme not in {"amqp", "amqps", "pyamqp", "memory"}:
            message = "AMQP_URI must begin with amqp://, amqps:// or memory://."
            raise ConfigError(message)

    @property
    def is_memory(self) -> bool:
        """Whether this is the embedded broker."""
        return urlsplit(self.uri).scheme == "memory"

    @property
    def user(self) -> str | None:
        """The user that we are to the broker."""
        user = urlsplit(self.uri).username
        return unquote(user) if user is not None else None

    def connection(self, **options: object) -> Connection:
        """A new connection, not yet open."""
        if self.is_memory:
            memory.register()
            return Connection(self.uri)
        return Connection(
            self.uri,
            ssl=self.ssl,
            heartbeat=HEARTBEAT,
            connect_timeout=CONNECT_SECONDS,
            transport_options={"confirm_publish": False, **options},
        )
