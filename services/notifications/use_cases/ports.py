"""What the acts of this service need: repositories of an open unit of work, and a channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.notifications.domain.delivery import Fault, Standing, Suppression
from services.notifications.domain.readers import Reader
from services.notifications.domain.summaries import Summary
from services.notifications.domain.telling import Channel, Choice, Memory, Notice
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.security.identities import Actor
from shared.vocabulary.codes import Urgency


@dataclass(frozen=True)
class Entry:
    """A ledger row: a notice, its id, and how far it is."""

    id: str
    notice: Notice
    standing: Standing
    created_at: datetime
    leased_until: datetime | None = None


@dataclass(frozen=True)
class Parcel:
    """All that a channel gets of a message: where to, which words, and the four facts that may be in them."""

    id: str
    address: str
    message: str
    language: str
    urgency: Urgency
    reference: str
    link: str
    count: int = 1


class Undeliverable(Exception):
    """The channel's server will never take this message; ``fault`` says why, without its words."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)


class NotNow(Exception):
    """The channel's server did not take this message now; ``whole`` when it takes none at all."""

    def __init__(self, fault: Fault, *, whole: bool) -> None:
        self.fault = fault
        self.whole = whole
        super().__init__(fault.value)


class Sender(Protocol):
    """A channel: hands one parcel to its server and returns when that server has taken it.

    Raises ``Undeliverable`` or ``NotNow``. The same parcel may come twice (a crash between sending and
    recording): it carries the same ``id``, which the channel passes on so that the other side can tell.
    """

    def send(self, parcel: Parcel) -> None:
        """Deliver, or say why not."""
        ...

    def close(self) -> None:
        """End the conversation with the server; it is opened again when needed."""
        ...


class Ledger(Protocol):
    """One row per recipient, channel and event; nothing is ever told that has no row."""

    def add(self, notices: Iterable[Notice], *, now: datetime) -> None:
        """Enter what is not there yet (same event, recipient and channel); written when the work ends."""
        ...

    def withdraw(self, referral_id: str, *, below: int) -> int:
        """Suppress as superseded what asks, is unsent and unclaimed, and is older than ``below``."""
        ...

    def silence(self, referral_id: str, *, below: int) -> int:
        """Suppress all that is unsent and unclaimed and older than ``below``: a consent was taken back."""
        ...

    def get(self, notification_id: str) -> Entry | None:
        """One row, locked for this act."""
        ...

    def save(self, notification_id: str, standing: Standing) -> None:
        """Its new standing; ends a claim."""
        ...

    def unheard(self, *, since: datetime) -> Sequence[Entry]:
        """Rows of audiences in which nobody was known, made after ``since``, locked."""
        ...

    def suppress(self, notification_id: str, reason: Suppression) -> None:
        """It is not to be sent after all; ends a claim."""
        ...

    def claim(self, *, now: datetime, until: datetime, most: int) -> Sequence[Entry]:
        """Lease at most ``most`` due rows to this caller; rows that another replica holds are passed over."""
        ...

    def left_open(self, *, now: datetime, most: int) -> Sequence[Entry]:
        """Rows whose lease ran out before anybody recorded an end, locked."""
        ...


class Referrals(Protocol):
    """What is known of referrals from the events before."""

    def recall(self, referral_id: str) -> Memory:
        """The memory of one referral; empty when it is new here."""
        ...

    def keep(self, referral_id: str, memory: Memory) -> None:
        """Remember, so that no number falls: version and answer are written when the work ends, who was told is the ledger's."""
        ...


class Summaries(Protocol):
    """Batches of imported cases that institutions are told of in one message."""

    def join(self, summary: Summary) -> None:
        """Count this with what is there of its batch and institution; written when the work ends."""
        ...

    def save(self, summary: Summary) -> None:
        """Keep it as it is now."""
        ...

    def untold(self, *, most: int) -> Sequence[Summary]:
        """Those not told yet, locked; another replica's are passed over."""
        ...


class Readers(Protocol):
    """The users that the hub named."""

    def all(self) -> tuple[Reader, ...]:
        """Every active one."""
        ...

    def keep(self, user: UserAccess) -> bool:
        """Take one as told, tokens included, if its version is newer; whether it was."""
        ...


class Choices(Protocol):
    """What users chose to hear."""

    def all(self) -> Mapping[tuple[str, Channel], Choice]:
        """Every choice by user and channel."""
        ...

    def add(self, subscription_id: str, choice: Choice, *, now: datetime) -> None:
        """A new choice; ``Refused`` with ``duplicate_name`` when the user has one for that channel."""
        ...

    def remove(self, subscription_id: str) -> None:
        """Back to hearing everything."""
        ...


class Outbox(Protocol):
    """Where events of an act go."""

    def append(self, event: object, *, to: Address, subject: str, version: int) -> str:
        """Add one event for one destination; its id."""
        ...


class Audit(Protocol):
    """Who did what: ids and field names, no values."""

    def note(self, actor: Actor, act: str, kind: str, object_id: str, fields: Iterable[str] = ()) -> None:
        """One line."""
        ...


class Work(Protocol):
    """An open unit of work."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def referrals(self) -> Referrals: ...
    @property
    def summaries(self) -> Summaries: ...
    @property
    def readers(self) -> Readers: ...
    @property
    def choices(self) -> Choices: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
