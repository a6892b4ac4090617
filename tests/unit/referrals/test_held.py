"""What a window holds of a referral is enough to make it again, whatever was done to it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.history import Entry
from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Origin, Referral
from services.referrals.domain.transitions import Act
from services.referrals.use_cases.held import entries_of, referral_of
from services.referrals.use_cases.new_referral import first_entry
from services.referrals.use_cases.telling import state_of
from shared.contracts.fields import tolerant
from shared.contracts.referral import ReferralStateSchema
from shared.errors import Refused
from shared.vocabulary.codes import (
    CancelReason,
    ErasureAnswer,
    FailReason,
    HoldReason,
    NeedMet,
    Outcome,
    RejectReason,
)
from tests.unit.referrals.examples import COORDINATOR, MANAGER, MONDAY, OFFICER, ROUTING, WINDOW, referral

SCHEMA = tolerant(ReferralStateSchema())
WORDS = "Un texto bastante largo."
DONE = {
    Act.RECEIVE: lambda one, by, at: one.receive(by, at),
    Act.ACCEPT: lambda one, by, at: one.accept(by, at),
    Act.REJECT: lambda one, by, at: one.reject(by, at, RejectReason.OTHER, WORDS, "rree"),
    Act.START: lambda one, by, at: one.start(by, at),
    Act.HOLD: lambda one, by, at: one.hold(by, at, HoldReason.OTHER, date(2026, 12, 1)),
    Act.RESUME: lambda one, by, at: one.resume(by, at),
    Act.COMPLETE: lambda one, by, at: one.complete(by, at, Outcome.ASSISTED, delivered=True, met=NeedMet.YES),
    Act.FAIL: lambda one, by, at: one.fail(by, at, FailReason.OTHER),
    Act.CANCEL: lambda one, by, at: one.cancel(by, at, CancelReason.CONSENT_WITHDRAWN),
    Act.FORWARD: lambda one, by, at: one.forward(by, at, "rree", WORDS),
    Act.SCHEDULE: lambda one, by, at: one.schedule(by, at, Meeting(at, "Alcaldía", ("DUI",))),
    Act.COMMENT: lambda one, by, at: one.comment(by, at, WORDS),
    Act.CLAIM: lambda one, by, at: one.claim(by, at),
    Act.ASSIGN: lambda one, by, at: one.assign(by, at, "deputy@pddh"),
    Act.REOPEN: lambda one, by, at: one.reopen(by, at),
    Act.MARK_IN_ERROR: lambda one, by, at: one.mark_in_error(by, at, "fue un error"),
    "lose-consent": lambda one, by, at: one.lose_consent(by, at),
    "answer-erasure": lambda one, by, at: one.answer_erasure(by, at, ErasureAnswer.RESTRICTED, "el expediente"),
    "escalate": lambda one, by, at: one.escalate(by, at),
}
SOMEBODY = st.sampled_from([OFFICER, MANAGER, WINDOW, COORDINATOR, ROUTING])
STEPS = st.lists(st.tuples(st.sampled_from(sorted(DONE)), SOMEBODY), min_size=20, max_size=80)


def lived(steps) -> tuple[Referral, list[Entry]]:
    """A referral after all of these that were possible, and its history."""
    one = referral(author="routing", origin=Origin.ROUTING)
    history, at = [first_entry(one)], MONDAY
    for act, by in steps:
        at += timedelta(minutes=1)
        try:
            entry = DONE[act](one, by, at)
        except Refused:
            continue
        if entry is not None:
            history.append(entry)
    return one, history


@given(STEPS)
def test_a_referral_is_made_again_from_what_its_window_was_told(steps):
    one, history = lived(steps)
    told = SCHEMA.load(SCHEMA.dump(state_of(one, history)))
    again = referral_of(told, person_id=one.person_id, batch=one.batch)
    assert vars(again) == vars(one)
    assert [(entry.at, entry.change, entry.by, entry.reason, entry.text) for entry in entries_of(told)] == [
        (entry.at, entry.change, entry.by, entry.reason, entry.text) for entry in history
    ]


@given(STEPS)
def test_the_entries_of_what_happened_before_sort_where_they_belong(steps):
    entries = entries_of(state_of(*lived(steps)))
    assert [entry.at for entry in sorted(entries, key=lambda entry: entry.id)] == sorted(entry.at for entry in entries)


def test_what_an_older_program_told_without_a_word_on_disclosure_reveals_code_and_need_only():
    one, history = lived([])
    told = SCHEMA.load({**SCHEMA.dump(state_of(one, history)), "disclosure": None})
    assert referral_of(told, person_id=one.person_id, batch=None).disclosure == "code_only"
