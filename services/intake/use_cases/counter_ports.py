"""What use cases at the counter need from outside besides cases: slips of other windows, training sessions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.intake.domain.training import Training
from shared.claims import ClaimStatus
from shared.contracts.claim_asked import ClaimAsked
from shared.contracts.visit_recorded import VisitRecorded


@dataclass(frozen=True)
class ClaimAsk:
    """What was asked of the hub about another window's slip; answered without a status: nobody has that code."""

    ask_id: str
    asked_at: datetime
    answered_at: datetime | None
    status: ClaimStatus | None


class Claims(Protocol):
    """Slips of other windows that were shown here."""

    def find(self, code: str) -> ClaimAsk | None:
        """What was asked last about a code, or None."""
        ...

    def ask(self, asked: ClaimAsked, *, at: datetime, forget_before: datetime) -> None:
        """Keep a question; answers from before a time are forgotten."""
        ...

    def answer(self, ask_id: str, status: ClaimStatus | None, *, at: datetime) -> None:
        """Note the hub's answer once."""
        ...


class Trainings(Protocol):
    """Training sessions of this window."""

    def add(self, training: Training) -> None:
        """Keep a new one."""
        ...

    def save(self, training: Training) -> None:
        """Keep a later version, its list whole."""
        ...

    def find(self, training_id: str) -> Training | None:
        """One by id, or None."""
        ...


class Visits(Protocol):
    """Anonymous visits."""

    def add(self, visit: VisitRecorded, *, by: str, at: datetime) -> bool:
        """Keep one; False when it was kept before."""
        ...
