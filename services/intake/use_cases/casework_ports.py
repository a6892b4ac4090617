"""What following a case up needs from outside; a part of ``ports.py``, which is long enough."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from services.intake.domain.feedback import Question, Reply
from services.intake.domain.follow_up import FollowUp
from services.intake.domain.todo import Todo


class FollowUps(Protocol):
    """Days on which somebody means to ask how it went."""

    def add(self, follow_up: FollowUp, person_id: str) -> None:
        """Keep a new one."""
        ...

    def of_case(self, case_id: str) -> Sequence[FollowUp]:
        """All of one case, done or not, the next one first."""
        ...

    def save(self, follow_up: FollowUp) -> None:
        """Keep what became of one."""
        ...


class Feedback(Protocol):
    """What persons answered, as counts."""

    def count(self, month: date, answers: Mapping[Question, Reply]) -> None:
        """Add one to each answer of that month."""
        ...


class Todos(Protocol):
    """What waits for somebody."""

    def replace(self, case_id: str, todos: Sequence[Todo]) -> None:
        """All that waits in a case, in the place of what did."""
        ...


class Refusals(Protocol):
    """What the hub does not take as it is."""

    def clear(self, case_id: str) -> None:
        """The case changed: what was said of it stands no longer."""
        ...

    def replace(self, refused: Mapping[str, Mapping[str, Sequence[str]]], at: datetime) -> None:
        """All refusals that stand now, by case id; those of cases with an event under way are left out."""
        ...
