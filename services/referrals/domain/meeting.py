"""An appointment that an institution gave."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Meeting:
    """An appointment: when, where, what to bring; ``kept`` is None until somebody says."""

    at: datetime
    place: str
    bring: tuple[str, ...] = ()
    kept: bool | None = None
