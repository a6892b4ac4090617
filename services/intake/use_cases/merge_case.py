"""A supervisor finds that two cases are one person's, or that they are not after all."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.domain.cosigning import Signature, merge, unmerge
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.signing import kept
from shared.errors import Refused
from shared.ids import new_id
from shared.routing.approval import Merge
from shared.security.identities import Actor
from shared.texts import said


@dataclass(frozen=True)
class MergeCase:
    """``other_id`` is a case of the person whom this one is of too; ``reason``: how it is known."""

    case_id: str
    other_id: str
    reason: str
    version: int | None = None


@dataclass(frozen=True)
class UnmergeCase:
    """Which case goes back to the person whom it was registered for, and why."""

    case_id: str
    reason: str
    version: int | None = None


def merge_case(request: MergeCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """From now on this case, and all others of its person, are of the other's person: equal ``person_id``.

    Each case keeps its own consent, clock and referrals; the hub sees to it that no need is open twice. What is kept
    here is sealed under the other person's key. Never done by itself, never across a family, and can be undone.
    """
    case, other = case_or_refuse(request.case_id, work=work), work.cases.find(request.other_id)
    if other is None:
        raise Refused("invalid", fields={"case_id": [said("No existe en esta ventanilla.")]})
    moves = [
        (one, merge(one, other, Signature(new_id(), by.user, now, request.reason)))
        for one in work.cases.of_person(case.person_id)
    ]
    if request.version is not None:
        case.at_version(request.version)
    for one, move in moves:
        _move(one, move, "merged", by=by, work=work, now=now)
    return case_or_refuse(case.id, work=work)


def unmerge_case(request: UnmergeCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """The case alone goes back to its first person; ``not_merged`` when it is already."""
    case = case_or_refuse(request.case_id, work=work)
    if request.version is not None:
        case.at_version(request.version)
    move = unmerge(case, Signature(new_id(), by.user, now, request.reason))
    return _move(case, move, "unmerged", by=by, work=work, now=now)


def _move(case: Case, move: Merge, what: str, *, by: Actor, work: Work, now: datetime) -> Case:
    after = case.of_person(move, incarnation=work.incarnation)
    return kept(after, what, "case.merge", by=by, work=work, now=now)
