"""A restored hub goes on from what a window has told: its referrals, then routing, then what it asked meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from services.referrals.domain.before import Before
from services.referrals.domain.case_file import CaseFile
from services.referrals.use_cases.answer_ask import answer_now
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.route_case import route_case
from services.referrals.use_cases.take_back import open_again, take_back
from services.referrals.use_cases.window_ask import AnswerAsk
from shared.contracts.referral import ReferralState
from shared.errors import Unreadable
from shared.routing.decision import highest

AT_ONCE = 50
"""Persons, cases or asks in one transaction."""

log = structlog.get_logger()


def recover(*, work: Work, now: datetime) -> bool:
    """Do the next part for those windows that have answered; whether there may be more.

    Twice, or by two replicas: each part is taken out in the transaction that does it. Half way: all or nothing of a
    part. Only when nothing of a window waits any more is it recovered from; what comes later is done in the same way.
    """
    work.recovery.hold()
    persons = work.recovery.next_held(AT_ONCE)
    if persons:
        _take_back(persons, work, now)
        return True
    unrouted = work.recovery.next_unrouted(AT_ONCE)
    if unrouted:
        _route(unrouted, work, now)
        return True
    asks = work.recovery.next_asks(AT_ONCE)
    if asks:
        _answer(asks, work, now)
        return True
    return bool(work.recovery.finish())


def _take_back(persons: Sequence[Sequence[ReferralState]], work: Work, now: datetime) -> None:
    states = [state for held in persons for state in held]
    work.prepare(
        case_ids=[state.case_id for state in states], told=(),
        referral_ids=[state.id for state in states], consent_ids=(),
    )
    for held in persons:
        take_back(held, work=work, now=now)


def _route(unrouted: Mapping[str, Before], work: Work, now: datetime) -> None:
    work.prepare(case_ids=unrouted, told=(), referral_ids=(), consent_ids=())
    for case_id, before in unrouted.items():
        case = work.cases.get(case_id)
        if case is None:
            continue
        open_again(case, work, now)
        if not case.shut:
            route_case(work, case, _as_it_came_back(before, case, work), now=now)


def _as_it_came_back(before: Before, case: CaseFile, work: Work) -> Before:
    """Of a case that this hub had forgotten, its referrals say how urgent it was: what was raised or lowered since counts."""
    asked, lowered = case.details.urgency, case.approvals.urgency is not None
    standing = [one.urgency for one in work.referrals.of_case(case.id) if one.open]
    behind = [urgency for urgency in standing if highest(asked, urgency) is not urgency]
    if before.urgency is not None or not standing or not (behind or lowered):
        return before
    return replace(before, urgency=behind[0] if behind else asked)


def _answer(asks: Sequence[AnswerAsk], work: Work, now: datetime) -> None:
    work.prepare(
        case_ids=[ask.case_id for ask in asks], told=(), referral_ids=[ask.referral_id for ask in asks], consent_ids=()
    )
    for ask in asks:
        try:
            answer_now(ask, work=work, now=now)
        except Unreadable as error:
            log.error("recover.ask_not_answered", ask=ask.ask_id, reason=str(error))  # noqa: TRY400 - the reason says it
