"""What a use case knows of windows and cases besides the cases themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Standings(Protocol):
    """What stands about windows and cases besides the cases themselves."""

    def withdraw(self, consent_id: str, at: datetime) -> None:
        """A consent was taken back, for good."""
        ...

    def withdrawn(self, consent_id: str) -> bool:
        """Whether it was, also when that came before its case."""
        ...

    def withdrawal(self, consent_id: str) -> datetime | None:
        """When it was taken back, if it was."""
        ...

    def close(self, case_id: str, reason: str, at: datetime) -> None:
        """A case was closed, for good."""
        ...

    def closed(self, case_id: str) -> tuple[str, datetime] | None:
        """Reason and time of its closing, also when that came before the case."""
        ...

    def refuse(self, case_id: str, window: str, told: tuple[int, int], errors: Mapping[str, list[str]], at: datetime) -> None:
        """A case is not taken as it is."""
        ...

    def refused(self, case_id: str) -> tuple[int, int] | None:
        """Incarnation and version that were refused last."""
        ...

    def take(self, case_id: str) -> None:
        """A case was taken: no refusal stands any more."""
        ...

    def seen_code(self, window: str, number: int) -> None:
        """A window gave out this case number."""
        ...

    def heard(self, case_id: str, told: tuple[int, int]) -> None:
        """More was told of a case, of which a refusal may stand."""
        ...

    def compared(self, window: str, at: datetime, *, agrees: bool) -> None:
        """All cases of a window were compared with ours."""
        ...

    def resync_asked(self, window: str) -> datetime | None:
        """When a window was last asked to tell cases again."""
        ...

    def ask_resync(self, window: str, at: datetime) -> None:
        """A window is asked to tell cases again."""
        ...

    def older_life(self, window: str) -> datetime | None:
        """When an older life of a window was last heard: it was restored, and still runs elsewhere."""
        ...

    def hear_older_life(self, window: str, at: datetime) -> None:
        """An older life of a window has just been heard."""
        ...

    def refusals_of(self, window: str) -> Mapping[str, Mapping[str, list[str]]]:
        """Every refusal of a window that stands: errors by case."""
        ...

    def highest_code(self, window: str) -> int:
        """The highest case number known of a window; 0 for none."""
        ...
