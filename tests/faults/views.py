"""What every party holds at one moment: plain values, read from the databases, judged by the checker."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Said:
    """One row of an outbox."""

    id: str
    destination: str
    type: str
    subject: str
    version: int
    epoch: str | None
    sequence: int | None
    sequenced: bool
    sent: bool
    settled: bool
    problem: str | None = None


@dataclass(frozen=True)
class Heard:
    """One row of an inbox."""

    id: str
    source: str
    epoch: str
    sequence: int


@dataclass(frozen=True)
class Position:
    """How far a source was committed; ``gaps`` when something above ``through`` came before what is missing."""

    source: str
    epoch: str
    through: int
    gaps: bool


@dataclass(frozen=True)
class Letter:
    """One dead letter; ``digest`` is of its bytes as they are kept."""

    digest: str
    reason: str
    event_id: str | None
    count: int


@dataclass(frozen=True)
class Party:
    """The messaging of one service. ``key`` is ``sv.la-union``, ``source`` what its envelopes say."""

    key: str
    source: str
    epoch: str
    said: Sequence[Said] = ()
    heard: Sequence[Heard] = ()
    positions: Sequence[Position] = ()
    letters: Sequence[Letter] = ()


@dataclass(frozen=True)
class WindowCase:
    """A case as its window holds it."""

    id: str
    person: str
    incarnation: int
    version: int
    details_version: int
    told: bool
    hold: str | None
    imported: bool = False


@dataclass(frozen=True)
class Window:
    """What one window holds; ``referrals`` are versions by id, ``operations`` the generator's id of each case."""

    party: Party
    cases: Mapping[str, WindowCase]
    referrals: Mapping[str, int]
    visits: frozenset[str] = frozenset()
    operations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HubCase:
    """A case as the hub holds it."""

    id: str
    window: str
    incarnation: int
    version: int
    withdrawn: bool
    arrived_at: datetime


@dataclass(frozen=True)
class Referral:
    """A referral at the hub."""

    id: str
    case_id: str
    window: str
    person: str
    institution: str
    needs: frozenset[str]
    status: str
    version: int
    origin: str
    batch: str | None = None


@dataclass(frozen=True)
class Entry:
    """One line of a referral's history, in the order of ``id``."""

    id: str
    referral_id: str
    change: str


@dataclass(frozen=True)
class Hub:
    """What the hub holds; ``open_needs`` are (person, institution, need) to the referral that has it."""

    party: Party
    cases: Mapping[str, HubCase]
    referrals: Mapping[str, Referral]
    history: Sequence[Entry]
    open_needs: Mapping[tuple[str, str, str], str]
    visits: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Notice:
    """One line of the ledger of notifications."""

    id: str
    event_id: str
    recipient: str
    channel: str
    referral_id: str | None
    message: str
    status: str
    unsure: int
    batch: str | None = None
    institution: str | None = None


@dataclass(frozen=True)
class Notifications:
    """What notifications holds; ``known`` are the referrals it has heard of, with their versions."""

    party: Party
    notices: Sequence[Notice]
    known: Mapping[str, int]


@dataclass(frozen=True)
class Everything:
    """All of it; ``mails`` counts what the mail server took, by ledger id."""

    windows: Mapping[str, Window]
    hub: Hub
    notifications: Notifications
    mails: Counter[str]

    @property
    def parties(self) -> list[Party]:
        """Everybody who sends and hears."""
        return [*(window.party for window in self.windows.values()), self.hub.party, self.notifications.party]
