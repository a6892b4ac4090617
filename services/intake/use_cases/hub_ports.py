"""What a use case of a window is given of the streams to and from its hub."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.contracts.digest import Bucket
from shared.contracts.standing import Standing


@dataclass(frozen=True)
class Compared:
    """Whether hub and window knew the same cases, in these lives of both, when the hub last compared."""

    at: datetime
    epoch: str
    hub_epoch: str
    agrees: bool

    @property
    def written(self) -> str:
        """In one line."""
        return f"{self.at.isoformat()} {self.epoch} {self.hub_epoch} {self.agrees}"

    @classmethod
    def read(cls, line: str) -> "Compared":
        """What was ``written``."""
        at, epoch, hub_epoch, agrees = line.split()
        return cls(datetime.fromisoformat(at), epoch, hub_epoch, agrees == str(True))


@dataclass(frozen=True)
class Digest:
    """All told cases in short, as they were after so many ``changes``."""

    changes: int
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True)
class Waiting:
    """Events that wait: ``queued`` not sent, ``unreceipted`` sent and not yet covered by a receipt."""

    queued: int
    unreceipted: int


class Hub(Protocol):
    """What the outbox and the inbox know of the stream to and from the hub."""

    @property
    def heard_epoch(self) -> str | None:
        """The hub's life, as far as this window has heard."""
        ...

    @property
    def answered_epoch(self) -> str | None:
        """The hub's life to which all that is held here was told."""
        ...

    def note_answer(self, epoch: str | None) -> None:
        """All was told to this life of the hub; None: there is something to tell."""
        ...

    def note_digest(self, compared: Compared | None) -> None:
        """What came of the last comparison of all cases with the hub; None: compare again."""
        ...

    def drop_ask(self, ask_id: str) -> None:
        """Empty an ask that was answered and is not home yet."""
        ...

    def settle(self, standing: Standing, *, told_at: datetime, now: datetime) -> bool:
        """The hub has committed so far; what is covered is settled, what it forgot is sent again.

        Whether it is in a life that was not known here.
        """
        ...

    def drop_waiting(self, case_id: str) -> None:
        """Empty what tells of a case and is not home yet; closings and withdrawals stay."""
        ...

    def standing(self) -> Standing:
        """How far this window has committed what the hub sent."""
        ...

    def note_fork(self, since: datetime | None) -> None:
        """Since when this window exists twice; None: it does not, or no more."""
        ...

    def backlog(self) -> Waiting:
        """What has not come home yet."""
        ...
