"""Setting a day on which somebody asks how it went, and having asked."""

from dataclasses import dataclass
from datetime import date, datetime

from services.intake.domain.case import Case
from services.intake.domain.follow_up import FollowUp, refuse_day
from services.intake.use_cases.finding import case_or_refuse
from services.intake.use_cases.ports import Work
from services.intake.use_cases.todos import note_todos
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor


@dataclass(frozen=True)
class SetFollowUp:
    """On which day, and what to ask. ``follow_up_id`` is the form's own: sent twice it makes one."""

    case_id: str
    due_on: date
    text: str = ""
    follow_up_id: str | None = None


@dataclass(frozen=True)
class FinishFollowUp:
    """Which reminder of which case has been seen to."""

    case_id: str
    follow_up_id: str


def set_follow_up(request: SetFollowUp, *, by: Actor, work: Work, now: datetime) -> Case:
    """Keep a reminder of an open case; it stays at this window and changes nothing of the case.

    Refuses a day gone by and a closed case. Twice with one id: the first stands.
    """
    case = case_or_refuse(request.case_id, work=work)
    refuse_day(request.due_on, work.place.moment(now).today)
    case.must_be_open()
    if any(one.id == request.follow_up_id for one in work.follow_ups.of_case(case.id)):
        return case
    follow_up = FollowUp(request.follow_up_id or new_id(), case.id, request.due_on, request.text, now, by.user)
    work.follow_ups.add(follow_up, case.person_id)
    return _kept(case, "follow-up-set", by=by, work=work, now=now)


def finish_follow_up(request: FinishFollowUp, *, by: Actor, work: Work, now: datetime) -> Case:
    """It no longer waits. Twice: who came first has done it."""
    case = case_or_refuse(request.case_id, work=work)
    found = next((one for one in work.follow_ups.of_case(case.id) if one.id == request.follow_up_id), None)
    if found is None:
        raise Refused("not_found")
    if found.done_at is not None:
        return case
    work.follow_ups.save(found.done(by=by.user, at=now))
    return _kept(case, "follow-up-done", by=by, work=work, now=now)


def _kept(case: Case, what: str, *, by: Actor, work: Work, now: datetime) -> Case:
    work.cases.log(case, what, by=by.user, at=now)
    note_todos(case, work=work)
    work.audit.note(by, "case.follow-up", "case", case.id, ("follow_up",))
    return case
