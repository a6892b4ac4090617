"""Who looks after a case at the window: a supervisor gives it, or all open ones of somebody, to a colleague."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.case import Case
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from shared.errors import Refused
from shared.security.identities import Actor
from shared.texts import said


@dataclass(frozen=True)
class AssignCase:
    """To whom one case is given."""

    case_id: str
    to: str


@dataclass(frozen=True)
class ReassignCases:
    """From whom all open cases are taken, and to whom they go."""

    of: str
    to: str


def assign_case(request: AssignCase, *, by: Actor, work: Work, now: datetime) -> Case:
    """One case, with its reminders: they are whose the case is. Local to the window: the hub is told nothing."""
    case = case_or_refuse(request.case_id, work=work)
    _refuse_stranger(request.to, work=work)
    return _give(case, request.to, by=by, work=work, now=now)


def reassign_cases(request: ReassignCases, *, by: Actor, work: Work, now: datetime) -> int:
    """Every open case of one colleague; how many they were. Twice: the second finds none."""
    _refuse_stranger(request.to, work=work)
    if request.of == request.to:
        raise Refused("invalid", fields={"to": [said("Elija a otra persona.")]})
    cases = work.cases.open_of(request.of)
    for case in cases:
        _give(case, request.to, by=by, work=work, now=now)
    return len(cases)


def _refuse_stranger(username: str, *, work: Work) -> None:
    user = work.access.get(username)
    if user is None or not user.active or user.window != work.place.window:
        raise Refused("invalid", fields={"to": [said("No trabaja en esta ventanilla.")]})


def _give(case: Case, to: str, *, by: Actor, work: Work, now: datetime) -> Case:
    if case.responsible == to:
        return case
    given = case.given_to(to)
    work.cases.save(given)
    work.cases.log(given, "assigned", by=by.user, at=now)
    work.audit.note(by, "case.assign", "case", case.id, ("responsible",))
    return given
