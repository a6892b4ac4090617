"""What becomes of the data that an institution held, after the consent was taken back (domain.md, Consent)."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.referrals.domain.transitions import Doer, Party
from shared.errors import Refused
from shared.vocabulary.codes import ErasureAnswer

ERASURE = "erasure"
"""What the act is called in the API. It changes no state, so the state table does not know it."""


@dataclass(frozen=True)
class Erasure:
    """That the institution was asked to erase what it held, and its answer; ``duty``: why it may not erase it."""

    asked_at: datetime
    answer: ErasureAnswer | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    duty: str = ""

    @property
    def open(self) -> bool:
        """Whether no answer has come."""
        return self.answer is None

    def answered(self, by: Doer, at: datetime, answer: ErasureAnswer, duty: str) -> "Erasure":
        """To keep the data takes a duty, in words; a coordinator can only say that nobody was reached."""
        if answer is ErasureAnswer.RESTRICTED and not duty.strip():
            raise Refused("invalid", fields={"duty": ["Diga qué deber legal obliga a conservarlos."]})
        if by.party is Party.COORDINATOR and answer is not ErasureAnswer.UNREACHABLE:
            raise Refused("invalid", fields={"answer": ["La coordinación solo puede decir que no se pudo localizar."]})
        return replace(self, answer=answer, answered_at=at, answered_by=by.user, duty=duty)
