"""What a referral does when a consent is taken back, runs out, or nobody answers a stop request."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referrals.domain.deadlines import Due
from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Referral
from shared.errors import Refused
from shared.vocabulary.codes import CancelReason, ErasureAnswer, Need, Urgency
from shared.vocabulary.codes import ReferralStatus as S
from tests.unit.referrals.examples import COORDINATOR, MONDAY, OFFICER, ROUTING, WINDOW, referral

WORKED_ON = [S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD]
FINAL = [S.REJECTED, S.COMPLETED, S.FAILED, S.CANCELLED, S.ENTERED_IN_ERROR]
SHUTTING = [CancelReason.CONSENT_WITHDRAWN, CancelReason.BLOCKED]


def known(status: S, **more) -> Referral:
    return referral(status, accepted_at=MONDAY, **more)


@pytest.mark.parametrize("status", WORKED_ON)
@pytest.mark.parametrize("reason", CancelReason)
def test_a_stop_request_shuts_at_once_only_for_withdrawal_and_block(status: S, reason: CancelReason) -> None:
    subject = known(status)
    assert subject.cancel(WINDOW, MONDAY, reason).change == "stop-requested"
    assert (subject.status, subject.gives_access) == (status, reason not in SHUTTING)
    assert subject.asked_to_erase == (reason is CancelReason.CONSENT_WITHDRAWN)
    assert subject.stop_due_at == MONDAY + timedelta(hours=24)


def test_a_stop_request_is_overdue_after_24_hours_whatever_else_is_due() -> None:
    subject = known(S.ACCEPTED, due_at=MONDAY + timedelta(days=90))
    subject.cancel(WINDOW, MONDAY, CancelReason.PERSON_REQUEST)
    assert not subject.is_overdue(MONDAY + timedelta(hours=24))
    assert subject.is_overdue(MONDAY + timedelta(hours=24, seconds=1))
    subject.cancel(OFFICER, MONDAY + timedelta(days=2), CancelReason.PERSON_REQUEST)
    assert (subject.stop_due_at, subject.is_overdue(MONDAY + timedelta(days=3))) == (None, False)


@pytest.mark.parametrize("status", FINAL)
def test_what_is_over_is_asked_to_erase_if_it_ever_knew_the_person(status: S) -> None:
    assert known(status).lose_consent(WINDOW, MONDAY).change == "erasure-asked"
    never = referral(status)
    assert never.lose_consent(WINDOW, MONDAY).change == "consent-withdrawn"
    assert not never.asked_to_erase


@pytest.mark.parametrize("answer", ErasureAnswer)
def test_an_answer_is_given_once_and_keeps_when_it_was_asked(answer: ErasureAnswer) -> None:
    subject = known(S.COMPLETED)
    subject.lose_consent(WINDOW, MONDAY)
    later = MONDAY + timedelta(days=1)
    subject.answer_erasure(OFFICER, later, answer, "Código de Trabajo" if answer is ErasureAnswer.RESTRICTED else "")
    assert (subject.erasure.asked_at, subject.erasure.answered_at, subject.erasure.answer) == (MONDAY, later, answer)
    with pytest.raises(Refused, match="wrong_state"):
        subject.answer_erasure(OFFICER, later, answer, "otra vez")


def test_nobody_answers_what_was_not_asked_nor_keeps_data_without_a_duty() -> None:
    subject = known(S.COMPLETED)
    with pytest.raises(Refused, match="wrong_state"):
        subject.answer_erasure(OFFICER, MONDAY, ErasureAnswer.ERASED)
    subject.lose_consent(WINDOW, MONDAY)
    with pytest.raises(Refused, match="invalid duty"):
        subject.answer_erasure(OFFICER, MONDAY, ErasureAnswer.RESTRICTED, " ")
    with pytest.raises(Refused, match="invalid answer"):
        subject.answer_erasure(COORDINATOR, MONDAY, ErasureAnswer.ERASED)
    assert subject.asked_to_erase
    assert "erasure" in subject.offered(COORDINATOR, MONDAY)


@pytest.mark.parametrize("status", [S.RECEIVED, *WORKED_ON])
def test_what_an_institution_may_no_longer_know_it_cannot_hand_on_nor_call_in(status: S) -> None:
    subject = known(status, access_ended=True)
    with pytest.raises(Refused, match="wrong_state"):
        subject.schedule(OFFICER, MONDAY, Meeting(MONDAY, "Alcaldía"))
    with pytest.raises(Refused, match="wrong_state"):
        subject.forward(OFFICER, MONDAY, "rree", "Para ustedes.")


def test_a_lapse_and_an_escalation_change_no_state() -> None:
    subject = known(S.IN_PROGRESS)
    assert subject.lapse(ROUTING, MONDAY).change == "consent-lapsed"
    assert subject.escalate(ROUTING, MONDAY).change == "overdue"
    assert (subject.status, subject.escalated, subject.gives_access) == (S.IN_PROGRESS, True, True)


def test_a_duplicate_that_was_asked_to_stop_holds_no_need_open() -> None:
    subject = known(S.ACCEPTED, stop_requested_at=MONDAY, stop_reason=CancelReason.OTHER)
    subject.give_way(ROUTING, MONDAY)
    assert (subject.open, subject.holds_needs) == (True, False)
    untouched = referral(S.REQUESTED)
    assert untouched.give_way(ROUTING, MONDAY).reason == "duplicate"
    assert (untouched.open, untouched.holds_needs) == (False, False)


def test_a_purged_preview_keeps_its_envelope_and_what_was_worked_on_its_record() -> None:
    preview, worked = referral(S.CANCELLED, institution_ref="EXP-1"), known(S.COMPLETED, institution_ref="EXP-1")
    preview.purge()
    worked.purge()
    assert (preview.reasons, preview.institution_ref, preview.id is not None) == ((), None, True)
    assert (len(worked.reasons), worked.institution_ref) == (1, "EXP-1")
    assert (preview.access_ended, worked.access_ended) == (True, True)


@given(st.lists(st.sampled_from(Need), min_size=1, max_size=6, unique=True), st.sets(st.sampled_from(Need)))
def test_a_change_that_the_institution_cannot_see_moves_no_tag_of_its_desk(added: list[Need], hidden: set[Need]) -> None:
    subject = referral(needs=(Need.LEGAL_AID,))

    def view(one: Referral) -> object:
        return {need if need not in hidden else "protected" for need in one.needs}

    before, seen = (subject.version, subject.desk_version), view(subject)
    entry = subject.take_needs(ROUTING, MONDAY, added, (), Urgency.URGENT, Due(MONDAY, MONDAY), view)
    assert subject.version == before[0] + 1
    assert (subject.desk_version == before[1]) == (view(subject) == seen) == entry.unseen


@pytest.mark.parametrize("urgency", Urgency)
def test_deadlines_come_nearer_when_raised_and_recede_only_when_lowered(urgency: Urgency) -> None:
    subject = referral(ack_due_at=MONDAY + timedelta(hours=8), due_at=MONDAY + timedelta(hours=72))
    times = Due(MONDAY + timedelta(hours=1), MONDAY + timedelta(days=14))
    entry = subject.weigh(ROUTING, MONDAY, urgency, times)
    expected = {
        Urgency.EMERGENCY: (times.acknowledge, MONDAY + timedelta(hours=72)),
        Urgency.URGENT: (MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=72)),
        Urgency.ROUTINE: (times.acknowledge, times.answer),
    }[urgency]
    assert ((subject.ack_due_at, subject.due_at), entry is None) == (expected, urgency is Urgency.URGENT)


def test_a_need_that_was_passed_on_keeps_its_clock_though_its_urgency_is_lowered() -> None:
    subject = referral(replaces="another")
    due = subject.due_at
    subject.weigh(ROUTING, MONDAY, Urgency.ROUTINE, Due(MONDAY, MONDAY + timedelta(days=14)))
    assert (subject.urgency, subject.due_at) == (Urgency.ROUTINE, due)
