"""The hub asks for what it may have forgotten, or was restored and must hear what is held here."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from services.intake.use_cases.ports import Work
from services.intake.use_cases.report import report
from services.intake.use_cases.telling import as_closed, as_told, as_withdrawn, hub
from shared.contracts.referral import ReferralState
from shared.contracts.referral_held import ReferralHeld

AT_ONCE = 50
"""Cases or referrals told again in one transaction, so that nobody at the window waits longer than a blink."""


def queue_again(buckets: Collection[int], *, work: Work) -> None:
    """Queue every case of these parts that the hub was ever told of, and what is held of their referrals.

    No part named: all. ``tell_queued`` tells them little by little. Twice: each stands in the queue once. Half way:
    what is queued is kept.
    """
    cases = work.cases.told_in(buckets)
    work.cases.queue(cases)
    work.referrals.queue_held(cases)


def tell_queued(*, work: Work) -> int:
    """Tell the next that are queued as they stand today; how many they were.

    Of a case whose consent was taken back only the withdrawal and the closing are told, and of its referrals no words.
    With the last of them the cases are to be compared with the hub's once more.
    """
    held = work.referrals.take_held(AT_ONCE)
    told = len(held) or _tell_cases(work)
    _tell_held(held, work)
    if told < AT_ONCE:
        work.hub.note_digest(None)
    return told


def answer_hub(*, work: Work) -> bool:
    """Tell the hub that it has heard everything, once nothing of it waits or is under way; whether it was told now.

    Twice: once for each of its lives. Lost: every heartbeat says it again.
    """
    epoch, waiting = work.hub.heard_epoch, work.hub.backlog()
    if epoch is None or epoch == work.hub.answered_epoch or waiting.queued or waiting.unreceipted:
        return False
    work.hub.note_answer(epoch)
    report(work.hub.standing(), work=work)
    return True


def _tell_held(held: Sequence[ReferralState], work: Work) -> None:
    silent = work.cases.held_back({state.case_id for state in held}) if held else frozenset()
    for state in held:
        told = _without_words(state) if state.case_id in silent else state
        work.outbox.append(ReferralHeld(told), to=hub(work), subject=state.id, version=state.version)


def _without_words(state: ReferralState) -> ReferralState:
    return replace(state, history=tuple(replace(entry, text=None) for entry in state.history))


def _tell_cases(work: Work) -> int:
    cases = work.cases.take_queued(AT_ONCE)
    for case in cases:
        events: list[tuple[object, int]] = []
        if case.hold is None:
            events.append((as_told(case, work.referrals.blocks_of(case.id)), case.details_version))
        events += [
            (withdrawn, withdrawn.version)
            for withdrawn in (as_withdrawn(case, record.id) for record in case.consents if record.withdrawn_at)
        ]
        closed = as_closed(case)
        if closed is not None:
            events.append((closed, closed.version))
        for event, version in events:
            work.outbox.append(event, to=hub(work), subject=case.id, version=version)
    return len(cases)
