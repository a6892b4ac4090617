"""What a supervisor of a window answers for, with who, when and on what paper: facts of a case, never of its body.

They are made at the window by an act of their own, are only ever added, and travel beside the details of the case:
no body can claim one. What each lets happen is asked here, the same at window and hub.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from shared.routing.decision import LiftedBlock
from shared.vocabulary.codes import ConsentGround, Urgency


@dataclass(frozen=True, kw_only=True)
class Approval:
    """``by`` is the supervisor; ``paper`` what it rests on, in words: a file number, a decision, a reason."""

    id: str
    by: str
    at: datetime
    paper: str


@dataclass(frozen=True, kw_only=True)
class GroundApproval(Approval):
    """A ground other than consent, approved (domain.md, Consent). A later one for the same consent is its review.

    ``asked_by`` recorded the consent and is never ``by``. ``review_on`` is the day of the next look at it,
    ``lapses_on`` the last day on which it lets anything be read.
    """

    consent_id: str
    asked_by: str
    ground: ConsentGround
    review_on: date
    lapses_on: date


@dataclass(frozen=True, kw_only=True)
class Lift(Approval):
    """One block lifted for one institution, by a consent that names it and that ``witness`` saw given (R1)."""

    consent_id: str
    asked_by: str
    institution: str
    rule: str
    witness: str


@dataclass(frozen=True, kw_only=True)
class LoweredUrgency(Approval):
    """An urgency lowered from what stood (domain.md, Vocabulary). What is graver than ``was`` is not held down."""

    was: Urgency
    now: Urgency


@dataclass(frozen=True, kw_only=True)
class Merge(Approval):
    """The case is of ``person_id`` from here on, and was of ``before``; undone by one the other way round."""

    person_id: str
    before: str


A = TypeVar("A", bound=Approval)


@dataclass(frozen=True)
class Approvals:
    """All of one case, each kind in the order in which they were made, whatever a clock said meanwhile."""

    grounds: tuple[GroundApproval, ...] = ()
    lifts: tuple[Lift, ...] = ()
    urgencies: tuple[LoweredUrgency, ...] = ()
    merges: tuple[Merge, ...] = ()

    def __iter__(self) -> Iterator[Approval]:
        return iter((*self.grounds, *self.lifts, *self.urgencies, *self.merges))

    def of_ground(self, consent_id: str, ground: ConsentGround) -> GroundApproval | None:
        """What approves the ground that a consent claims: of an approval and its reviews the one that holds longest."""
        found = [one for one in self.grounds if (one.consent_id, one.ground) == (consent_id, ground)]
        return max(found, key=lambda one: one.lapses_on, default=None)

    def lifted(self, consent_id: str) -> frozenset[LiftedBlock]:
        """The blocks that are lifted while this consent is the one in force: another consent lifts nothing by itself."""
        return frozenset(LiftedBlock(one.institution, one.rule) for one in self.lifts if one.consent_id == consent_id)

    @property
    def urgency(self) -> LoweredUrgency | None:
        """The urgency lowered last."""
        return self.urgencies[-1] if self.urgencies else None

    def joined(self, others: "Approvals") -> "Approvals":
        """All of both: facts are only added, also where a restored window has forgotten one."""
        return Approvals(
            _joined(self.grounds, others.grounds),
            _joined(self.lifts, others.lifts),
            _joined(self.urgencies, others.urgencies),
            _joined(self.merges, others.merges),
        )


def _joined(mine: tuple[A, ...], theirs: tuple[A, ...]) -> tuple[A, ...]:
    known = {one.id for one in mine}
    return (*mine, *(one for one in theirs if one.id not in known))
