"""What a window holds of its referrals, heard and taken back by a hub that was restored (decision 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from services.referrals.domain.case_file import CaseFile
from services.referrals.domain.history import Entry
from services.referrals.domain.recovered import go_on_from
from services.referrals.domain.referral import Origin, Referral
from services.referrals.domain.transitions import OPEN, Doer, Party
from services.referrals.use_cases.end_case import WINDOW, end_all, shut_out, why_closed
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.held import entries_of, referral_of
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.contracts.referral import ReferralState
from shared.errors import Unreadable
from shared.ids import id_after
from shared.vocabulary.codes import CancelReason, CloseReason

log = structlog.get_logger()

HUB = Doer("hub", Party.ROUTING)
TWICE = "La misma necesidad ya estaba abierta en esta institución."
"""Said in the history of a referral that came back and found another in its place."""
ASKED_NO_MORE = frozenset({CancelReason.NO_LONGER_NEEDED, CancelReason.CONSENT_WITHDRAWN, CancelReason.BLOCKED})
"""Ends after which routing may ask for the same need anew."""


@dataclass(frozen=True)
class HearHeld:
    """One referral as a window holds it."""

    window: str
    state: ReferralState


def hear_held(request: HearHeld, *, work: Work) -> None:
    """Keep it until everything that its window holds has come, and its case too.

    Twice, late, out of order: the highest version is kept. A hub that was never restored has forgotten nothing, and
    does not let itself be told otherwise. ``Unreadable`` when it is another window's.
    """
    if request.state.window != request.window:
        message = "the referral is not this window's"
        raise Unreadable(message)
    if work.recovery.was_restored:
        work.recovery.keep(request.state)


def take_back(states: Sequence[ReferralState], *, work: Work, now: datetime) -> None:
    """Bring the referrals of one person to where their windows saw them last.

    What is open comes last: what ended meanwhile has made room for it. Twice: what is known is left alone. Late (the
    window is done, and people have acted since): what was forgotten joins the history, and the higher version stands. In
    each case the version rises above both, so that the window follows. What is not the window's to tell is left out.
    """
    cases: dict[str, CaseFile] = {}
    for state in sorted(states, key=lambda one: (one.status in OPEN, one.id)):
        case = work.cases.get(state.case_id)
        if case is None or not _belongs(state, case, work):
            log.error("take_back.not_theirs", referral=state.id, window=state.window)
            continue
        cases[case.id] = case
        _take_back_one(state, case, work, now)
    for case in cases.values():
        _bring_in_order(case, work, now)


def _belongs(state: ReferralState, case: CaseFile, work: Work) -> bool:
    """Whether a window speaks of its own case, whoever's that was, and a referral of that case or of none here."""
    one = work.referrals.get(state.id)
    persons = {case.person_id, *(person for merge in case.approvals.merges for person in (merge.before, merge.person_id))}
    return case.window == state.window and state.person_id in persons and (one is None or one.case_id == case.id)


def _take_back_one(state: ReferralState, case: CaseFile, work: Work, now: datetime) -> None:
    held, one = referral_of(state, person_id=case.person_id, batch=case.batch), work.referrals.get(state.id)
    forgotten = _forgotten(state, work.referrals.history(state.id) if one is not None else ())
    if held.origin is Origin.ROUTING and held.cancel_reason not in ASKED_NO_MORE:
        case.asked(held.institution, held.needs)
    if not forgotten:
        return
    if one is None:
        one = held
        work.referrals.add(one)
    for entry in forgotten:
        work.referrals.recall(entry)
    goes_on = case.recovering or held.version > one.version or one is held
    rival = _rival(held, work) if goes_on else None
    restored = go_on_from(one, held, HUB, now) if goes_on else one.learn_of(held.version, HUB, now)
    tell(work, case, one, restored, now=now, by_window=False)
    if rival is not None:
        _make_room(one, rival, case, work, now)


def _forgotten(state: ReferralState, history: Sequence[Entry]) -> list[Entry]:
    """What its window tells of it and we do not know, each under an id that sorts after what was told before it."""
    known, forgotten, before = {_mark(entry): entry.id for entry in history}, list[Entry](), ""
    for entry in entries_of(state):
        if _mark(entry) in known:
            before = max(before, known[_mark(entry)])
            continue
        before = id_after(before, entry.id)
        forgotten.append(replace(entry, id=before))
    return forgotten


def _rival(held: Referral, work: Work) -> Referral | None:
    """Another referral that has one of its needs open at the same institution."""
    for need in held.needs if held.open else ():
        other = work.referrals.open_at(held.person_id, held.institution, need)
        if other is not None and other != held.id:
            return work.referrals.get(other)
    return None


def _make_room(one: Referral, rival: Referral, case: CaseFile, work: Work, now: datetime) -> None:
    """Never a second open one: who is worked on stays."""
    other = work.cases.get(rival.case_id)
    if rival.untouched and other is not None:
        entry = rival.cancel(HUB, now, CancelReason.DUPLICATE)
        if entry is not None:
            tell(work, other, rival, entry, now=now, by_window=False)
        return
    tell(work, case, one, one.mark_in_error(WINDOW, now, TWICE), now=now, by_window=True)


def _bring_in_order(case: CaseFile, work: Work, now: datetime) -> None:
    """A withdrawal, a closing, a block bind what came back too; then the case is open to people again."""
    if case.withdrawn:
        _hold_to_withdrawal(case, work, now)
    elif case.closed_at is not None:
        end_all(work, case, why_closed(case.close_reason or CloseReason.OTHER), None, now)
    for one in work.referrals.of_case(case.id):
        entry = one.cancel(HUB, now, CancelReason.BLOCKED) if one.open and one.institution in case.blocked else None
        if entry is not None:
            tell(work, case, one, entry, now=now, by_window=True)
    shut_out(work, case)
    if not work.recovery.is_unrouted(case.id):
        open_again(case, work, now)


def _hold_to_withdrawal(case: CaseFile, work: Work, now: datetime) -> None:
    """Of what came back as it was before the consent was taken back: open ones end, and who knew the person must erase.

    What was asked under this consent is not asked again, nor is an answer to it.
    """
    for one in work.referrals.of_case(case.id):
        entry = one.cancel(WINDOW, now, CancelReason.CONSENT_WITHDRAWN) if one.open else None
        if entry is None and not _knows_of_withdrawal(one, case, work):
            entry = one.lose_consent(WINDOW, now)
        if entry is not None:
            tell(work, case, one, entry, now=now, by_window=True)


def _knows_of_withdrawal(one: Referral, case: CaseFile, work: Work) -> bool:
    if one.accepted_at is not None:
        return one.erasure is not None and one.erasure.asked_at >= case.consent_since
    reason, since = CancelReason.CONSENT_WITHDRAWN, case.consent_since
    return any(entry.reason == reason and entry.at >= since for entry in work.referrals.history(one.id))


def open_again(case: CaseFile, work: Work, now: datetime) -> None:
    """Nothing more is to be learnt of it: institutions act on it, and find it, as before."""
    case.recovering = False
    for one in work.referrals.of_case(case.id):
        if one.gives_access:
            make_searchable(work, case, one, now)


def _mark(entry: Entry) -> tuple[datetime, str, str]:
    return entry.at, entry.change, entry.by
