"""A window tells of a case: it is kept, routed, and its referrals follow, all or none."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.approved import Judge
from services.referrals.domain.before import Before
from services.referrals.domain.case_file import CaseFile, Told, case_of, errors_of
from services.referrals.use_cases.move_person import move_person
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.route_case import route_case
from shared.claims import claim_token
from shared.errors import Forked, Unreadable
from shared.ids import parse_case_code
from shared.routing.approval import Approvals
from shared.routing.blocking import lifted_once
from shared.vocabulary.codes import CloseReason


@dataclass(frozen=True)
class TakeCase:
    """What ``window`` says of a case, in one version."""

    window: str
    told: Told


def take_case(request: TakeCase, *, work: Work, now: datetime) -> None:
    """Keep a case as its window tells it now, and bring its referrals to what routing decides about it.

    Twice, or late: a version that is known, refused before, or older than the one here changes nothing. Out of
    order: a closing or a withdrawal that came first is a tombstone, and the case is kept but asked of nobody.
    Half way: the caller's transaction; a case has all its referrals or none. A case that cannot be taken is
    refused with its fields and stands in every receipt until it changes; so is one with an approval by whom was no
    supervisor of that window at that time. While this hub recovers from the window the case is kept, and routed when
    the window has told what it holds. A person who was forgotten here stays so: nothing of theirs is kept.
    ``Unreadable`` when the case is another window's; ``Forked`` when the same version comes with other content, or
    another case has its code (a window was cloned or restored badly).
    """
    told, place = request.told, work.country.window(request.window)
    case = work.cases.get(told.case_id)
    if place is None or (case is not None and case.window != request.window):
        message = "the case is not this window's"
        raise Unreadable(message)
    if case is not None and case.forked(told):
        raise Forked("the same version of the case with other content")
    if work.cases.is_forgotten(told.person_id):
        return
    version = (told.incarnation, told.version)
    if case is not None:
        case.block(told.blocks)
    if (case is not None and case.knows(*version)) or (work.standings.refused(told.case_id) or (0, 0)) >= version:
        return
    errors = errors_of(told, work.country.node, place.letters, now) | _of_approvals(request, case, work, now)
    if "case_code" not in errors:
        _number(work, case, request)
    if errors:
        work.standings.refuse(told.case_id, request.window, version, errors, now)
        return
    work.standings.take(told.case_id)
    before = Before.of(case)
    case = _kept(work, case, request, now)
    if work.recovery.is_on(request.window):
        case.recovering = True
        work.recovery.route_later(case.id, request.window, before)
    elif not case.shut:
        route_case(work, case, before, now=now)


def _number(work: Work, case: CaseFile | None, request: TakeCase) -> None:
    """Note the highest number. Two persons must never be found under one code: ``Forked`` when another case has it."""
    code = request.told.case_code
    number = parse_case_code(code).number
    if case is None and number <= work.standings.highest_code(request.window) and work.cases.has_code(code):
        raise Forked("another case of this window has this code")
    work.standings.seen_code(request.window, number)


def _of_approvals(request: TakeCase, case: CaseFile | None, work: Work, now: datetime) -> dict[str, list[str]]:
    judge = Judge(work.country.rules, lambda user, at: work.supervisors.served(user, request.window, at), now)
    return judge.faults(request.told, case.approvals if case else Approvals(), case.person_id if case else None)


def _kept(work: Work, case: CaseFile | None, request: TakeCase, now: datetime) -> CaseFile:
    if case is None:
        case = case_of(request.told, request.window, now)
        case.block(request.told.blocks)
        work.cases.add(case)
    else:
        if case.person_id != request.told.person_id:
            move_person(work, case, request.told.person_id, now=now)
        case.update(request.told, now)
    case.block(list(lifted_once(request.told.approvals.lifts, work.country.rules)))
    if request.told.claim_code is not None:
        case.claim = work.vault.lookup(claim_token(request.told.claim_code))
    if work.standings.withdrawn(case.consent_id):
        case.withdraw(case.consent_id)
    closing = work.standings.closed(case.id)
    if closing is not None:
        case.close(CloseReason(closing[0]), closing[1])
    return case
