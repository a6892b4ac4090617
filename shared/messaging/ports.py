"""What messaging asks of others: sealing and signing (``shared/security``), and the broker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from shared.contracts.addresses import Address
from shared.security.keyring import Label


class Sealer(Protocol):
    """Makes data readable by one destination alone."""

    def seal(self, data: Mapping[str, object], label: Label) -> str:
        """A compact JWE for the key of ``label.to``; the label stands inside again."""
        ...


class Signer(Protocol):
    """Signs as this node."""

    def sign(self, body: bytes) -> str:
        """A detached JWS over the exact bytes."""
        ...


class Opener(Protocol):
    """Checks who signed, and opens what was sealed for us. Both raise ``Unreadable`` with a reason."""

    def verify(self, body: bytes, signature: str) -> Address:
        """Whose signature this is."""
        ...

    def open(self, token: str, label: Label) -> Mapping[str, object]:
        """What was sealed for us, if it was for the envelope that bears this label."""
        ...


class Outcome(StrEnum):
    """What became of one published message. Only ``SENT`` is delivery."""

    SENT = "sent"
    """Its own ack came, and no return before it."""
    UNROUTABLE = "unroutable"
    """Returned: no queue is bound for its key."""
    NACKED = "nacked"
    """Refused by a queue (full) or by the broker."""
    UNKNOWN = "unconfirmed"
    """No answer of its own came in time, or the connection was lost: sent again, hence perhaps twice."""


@dataclass(frozen=True)
class Outgoing:
    """One message as the broker gets it."""

    id: str
    exchange: str
    routing_key: str
    body: bytes
    signature: str


class Publisher(Protocol):
    """The way out to a broker, on a connection of its own."""

    def ready(self) -> None:
        """Connect where needed and keep the connection alive; ``TryAgain`` while there is no broker or it is blocked."""
        ...

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        """Publish all and wait for the answers; one outcome per message id. Never raises for a lost broker."""
        ...

    def close(self) -> None:
        """Let go of the connection; a ``publish`` that waits ends with what it knows."""
        ...


@dataclass(frozen=True)
class RawMessage:
    """One message as the broker gave it: bytes that nobody has looked at.

    ``deliveries`` is how often it was handed out before without an ack (``x-delivery-count``).
    """

    body: bytes
    exchange: str
    routing_key: str
    headers: Mapping[str, object] = field(default_factory=dict)
    user_id: str | None = None
    deliveries: int = 0

    @property
    def kept_headers(self) -> dict[str, object]:
        """Those that are kept with a message: texts, numbers, lists of texts."""
        return {name: value for name, value in self.headers.items() if _is_kept(value)}

    @property
    def signature(self) -> str | None:
        """The detached JWS, if there is one."""
        found = self.headers.get("signature")
        return found if isinstance(found, str) else None


def _is_kept(value: object) -> bool:
    return isinstance(value, str | int) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
