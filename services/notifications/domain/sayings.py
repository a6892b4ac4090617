"""Which words a change becomes for whom: a table (``data/sayings.yml``), read by ``store/sayings.py``."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Saying:
    """What one change means for messages.

    ``asks``: something waits for the reader. ``answers``: what waited no longer does. ``withdraws``: an unsent
    message that asks is not to be sent any more. ``summed``: of imported cases it is told once per batch.
    """

    asks: bool = False
    answers: bool = False
    withdraws: bool = False
    summed: bool = False
    messages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sayings:
    """The whole table; a change or audience of a newer hub that it does not know gets ``otherwise``."""

    version: str
    otherwise: str
    batch: str
    changes: Mapping[str, Saying]

    def of(self, change: str) -> Saying:
        """What ``change`` means; nothing in particular when unknown."""
        return self.changes.get(change, Saying())

    def message(self, change: str, audience: str) -> str:
        """The message's name: a folder of ``data/messages``."""
        return self.of(change).messages.get(audience, self.otherwise)

    def names(self) -> frozenset[str]:
        """Every message that this table can ask for."""
        every = {name for saying in self.changes.values() for name in saying.messages.values()}
        return frozenset(every | {self.otherwise, self.batch})
