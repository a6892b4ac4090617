"""What happens to a referral, one act at a time and in any sequence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.deadlines import Due
from services.referrals.domain.referral import Doer, Meeting, Referral
from services.referrals.domain.transitions import TABLE, Act
from shared.errors import Refused
from shared.vocabulary.codes import (
    CancelReason,
    FailReason,
    HoldReason,
    Need,
    NeedMet,
    Outcome,
    RejectReason,
    Urgency,
)
from shared.vocabulary.codes import ReferralStatus as S
from tests.unit.referrals.examples import (
    COLLEAGUE,
    COORDINATOR,
    MANAGER,
    MONDAY,
    OFFICER,
    ROUTING,
    WINDOW,
    referral,
)


def do(act: Act, of: Referral, by: Doer):
    """Carry out any act with a body that would do."""
    words = "Un texto bastante largo."
    calls = {
        Act.RECEIVE: lambda: of.receive(by, MONDAY),
        Act.ACCEPT: lambda: of.accept(by, MONDAY),
        Act.REJECT: lambda: of.reject(by, MONDAY, RejectReason.OTHER, words),
        Act.START: lambda: of.start(by, MONDAY),
        Act.HOLD: lambda: of.hold(by, MONDAY, HoldReason.OTHER, date(2026, 12, 1)),
        Act.RESUME: lambda: of.resume(by, MONDAY),
        Act.COMPLETE: lambda: of.complete(by, MONDAY, Outcome.ASSISTED, delivered=True, met=NeedMet.YES),
        Act.FAIL: lambda: of.fail(by, MONDAY, FailReason.OTHER),
        Act.CANCEL: lambda: of.cancel(by, MONDAY, CancelReason.OTHER),
        Act.FORWARD: lambda: of.forward(by, MONDAY, "rree", words),
        Act.SCHEDULE: lambda: of.schedule(by, MONDAY, Meeting(MONDAY, "Alcaldía")),
        Act.COMMENT: lambda: of.comment(by, MONDAY, words),
        Act.NOTE: lambda: of.note(by, MONDAY, words),
        Act.CLAIM: lambda: of.claim(by, MONDAY),
        Act.ASSIGN: lambda: of.assign(by, MONDAY, "deputy@pddh"),
        Act.REOPEN: lambda: of.reopen(by, MONDAY),
        Act.MARK_IN_ERROR: lambda: of.mark_in_error(by, MONDAY, "fue un error"),
    }
    return calls[act]()


def refusal_of(act: Act, of: Referral, by: Doer) -> Refused | None:
    try:
        do(act, of, by)
    except Refused as refused:
        return refused
    return None


DOERS = st.sampled_from([OFFICER, COLLEAGUE, MANAGER, WINDOW, COORDINATOR, ROUTING])


@given(st.lists(st.tuples(st.sampled_from(list(Act)), DOERS), max_size=25))
def test_no_sequence_of_acts_reaches_a_state_outside_the_table(acts: list[tuple[Act, Doer]]) -> None:
    subject = referral()
    for act, by in acts:
        before, version = subject.status, subject.version
        offered = subject.possible(by, MONDAY)
        refused = refusal_of(act, subject, by)
        if refused is not None:
            assert (subject.status, subject.version) == (before, version)
            assert act not in offered
            assert refused.code != "wrong_state" or refused.allowed == [item.value for item in offered]
        else:
            assert any((row.frm, row.act, row.to) == (before, act, subject.status) and by.party in row.who for row in TABLE)
            assert (subject.ended_at is not None) == (not subject.open)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("act", Act)
def test_what_is_refused_names_the_state_and_what_is_possible(state: S, act: Act) -> None:
    subject = referral(state)
    if act in subject.possible(OFFICER, MONDAY) or any(
        row.again and (row.frm, row.act) == (state, act) for row in TABLE
    ):
        return
    with pytest.raises(Refused) as refused:
        do(act, subject, OFFICER)
    assert refused.value.code == "wrong_state"
    assert refused.value.state == state
    assert refused.value.allowed == [item.value for item in subject.possible(OFFICER, MONDAY)]


def test_receiving_twice_happens_once() -> None:
    subject = referral()
    assert subject.receive(OFFICER, MONDAY).change == "received"
    assert subject.receive(COLLEAGUE, MONDAY) is None
    assert subject.version == 2


def test_accepting_again_is_nothing_for_the_same_officer_and_refused_to_another() -> None:
    subject = referral(S.RECEIVED)
    subject.accept(OFFICER, MONDAY)
    assert subject.accept(OFFICER, MONDAY) is None
    with pytest.raises(Refused, match="wrong_state"):
        subject.accept(COLLEAGUE, MONDAY)


def test_nobody_accepts_what_they_asked_for_themselves() -> None:
    subject = referral(S.RECEIVED, author=OFFICER.user)
    assert Act.ACCEPT not in subject.possible(OFFICER, MONDAY)
    with pytest.raises(Refused, match="forbidden"):
        subject.accept(OFFICER, MONDAY)
    assert subject.accept(COLLEAGUE, MONDAY) is not None


def test_a_rejection_of_nine_characters_is_refused_before_the_state_is_asked() -> None:
    with pytest.raises(Refused) as refused:
        referral(S.COMPLETED).reject(OFFICER, MONDAY, RejectReason.OTHER, "123456789 ")
    assert list(refused.value.fields) == ["text"]


def test_a_withdrawal_after_acceptance_becomes_a_stop_request_that_ends_access() -> None:
    subject = referral(S.ACCEPTED)
    assert subject.gives_access
    entry = subject.cancel(WINDOW, MONDAY, CancelReason.CONSENT_WITHDRAWN)
    assert (entry.change, subject.status, subject.gives_access) == ("stop-requested", S.ACCEPTED, False)
    assert subject.cancel(WINDOW, MONDAY, CancelReason.CONSENT_WITHDRAWN) is None
    assert subject.cancel(OFFICER, MONDAY, CancelReason.OTHER).change == "cancelled"


def test_a_stop_request_for_another_reason_leaves_access_until_consent_is_withdrawn() -> None:
    subject = referral(S.IN_PROGRESS)
    subject.cancel(WINDOW, MONDAY, CancelReason.PERSON_REQUEST)
    assert subject.gives_access
    assert subject.cancel(WINDOW, MONDAY, CancelReason.CONSENT_WITHDRAWN) is not None
    assert not subject.gives_access


def test_a_completion_can_be_taken_back_for_seven_days_by_the_manager() -> None:
    subject = referral(S.IN_PROGRESS)
    do(Act.COMPLETE, subject, OFFICER)
    with pytest.raises(Refused, match="wrong_state"):
        subject.reopen(OFFICER, MONDAY)
    with pytest.raises(Refused, match="wrong_state"):
        subject.reopen(MANAGER, MONDAY + timedelta(days=7, seconds=1))
    subject.reopen(MANAGER, MONDAY + timedelta(days=7))
    assert (subject.status, subject.outcome, subject.ended_at) == (S.IN_PROGRESS, None, None)


def test_comments_are_taken_until_thirty_days_after_the_end() -> None:
    subject = referral(S.RECEIVED)
    do(Act.REJECT, subject, OFFICER)
    assert subject.comment(WINDOW, MONDAY + timedelta(days=30), "gracias")
    with pytest.raises(Refused, match="wrong_state"):
        subject.comment(WINDOW, MONDAY + timedelta(days=30, seconds=1), "gracias")


def test_the_fifth_hop_is_refused() -> None:
    assert referral(S.RECEIVED, hops=3).forward(OFFICER, MONDAY, "rree", "mejor ustedes").change == "forwarded"
    with pytest.raises(Refused, match="too_many_hops"):
        referral(S.RECEIVED, hops=4).forward(OFFICER, MONDAY, "rree", "mejor ustedes")


def test_needs_leave_one_by_one_and_the_last_one_ends_what_nobody_touched() -> None:
    subject = referral(needs=(Need.LEGAL_AID, Need.SHELTER))
    assert subject.drop_needs(ROUTING, MONDAY, [Need.SHELTER]).change == "changed"
    assert subject.drop_needs(ROUTING, MONDAY, [Need.LEGAL_AID]).change == "cancelled"


def test_new_needs_only_bring_deadlines_nearer() -> None:
    subject = referral(due_at=MONDAY + timedelta(days=14), ack_due_at=MONDAY + timedelta(hours=1))
    sooner = Due(MONDAY + timedelta(hours=2), MONDAY + timedelta(days=3))
    subject.take_needs(ROUTING, MONDAY, [Need.HEALTH], (), Urgency.EMERGENCY, sooner)
    assert subject.urgency is Urgency.EMERGENCY
    assert subject.ack_due_at == MONDAY + timedelta(hours=1)
    assert subject.due_at == MONDAY + timedelta(days=3)


def test_overdue_follows_the_deadline_that_is_open() -> None:
    subject = referral(ack_due_at=MONDAY, due_at=MONDAY + timedelta(days=1))
    later = MONDAY + timedelta(minutes=1)
    assert subject.is_overdue(later)
    subject.receive(OFFICER, later)
    assert not subject.is_overdue(later)
    assert subject.is_overdue(MONDAY + timedelta(days=2))
    subject.accept(OFFICER, later)
    assert not subject.is_overdue(MONDAY + timedelta(days=2))
