"""What was tried and what was answered: written by the generator and the nemesis, read by the checker."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What somebody tried to do."""

    REGISTER = "register"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    VISIT = "visit"
    ACT = "act"


class Outcome(StrEnum):
    """What the one who tried was told."""

    DONE = "done"
    REFUSED = "refused"
    """Answered with a problem of the caller's: nothing may have changed."""
    UNSURE = "unsure"
    """No answer, or one of the server's own trouble: it may have happened or not."""


@dataclass(frozen=True)
class Attempt:
    """One call. ``subject`` is the case, visit or referral; ``operation`` is the generator's own id of a registration."""

    kind: Kind
    outcome: Outcome
    place: str
    at: datetime
    subject: str = ""
    operation: str = ""
    version: int = 0
    change: str = ""


@dataclass(frozen=True)
class Fault:
    """Something that the nemesis did, from when until when it was healed."""

    name: str
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Planted:
    """A message that nobody honest sent: it must be a dead letter at ``where`` with these very bytes, and no more."""

    where: str
    digest: str
    what: str
    subject: str = ""


@dataclass
class Journal:
    """Everything that was tried in one run; written by many threads."""

    attempts: list[Attempt] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    seen_versions: dict[str, tuple[int, int]] = field(default_factory=dict)
    fallen: list[str] = field(default_factory=list)
    unfelt: list[str] = field(default_factory=list)
    """Faults that reached nobody."""
    ended: list[str] = field(default_factory=list)
    """Services that ended although nobody killed them."""
    imported: dict[str, int] = field(default_factory=dict)
    """Lines of files that were taken in, by window."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, attempt: Attempt) -> None:
        """One more."""
        with self._lock:
            self.attempts.append(attempt)

    def saw(self, case_id: str, version: tuple[int, int]) -> None:
        """What the hub held just now; a version that falls is remembered (invariant 7)."""
        before = self.seen_versions.get(case_id, (0, 0))
        if version < before:
            self.fallen.append(f"{case_id} fell from {before} to {version}")
        self.seen_versions[case_id] = max(before, version)

    def of(self, kind: Kind, *outcomes: Outcome) -> Iterator[Attempt]:
        """The attempts of a kind, with one of these outcomes."""
        return (one for one in list(self.attempts) if one.kind is kind and one.outcome in outcomes)

    def unanswered(self) -> int:
        """How many were left unsure."""
        return sum(one.outcome is Outcome.UNSURE for one in list(self.attempts))

    def counts(self) -> dict[str, int]:
        """How many of each, for the report."""
        found: dict[str, int] = {}
        for one in list(self.attempts):
            name = f"{one.kind} {one.outcome}"
            found[name] = found.get(name, 0) + 1
        return dict(sorted(found.items()))


def now() -> datetime:
    """The clock of the tests."""
    return datetime.now(UTC)
