"""Attempts, pauses and giving up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.back_off import LONGEST_PAUSE, MOST_ATTEMPTS, next_attempt, pause_after
from services.notifications.domain.delivery import (
    Fault,
    Standing,
    Status,
    delivered,
    given_up,
    interrupted,
    put_off,
    sent_again,
)
from shared.errors import Refused

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
NEW = Standing(Status.PENDING, 0, 0, NOW)


def test_pauses_double_from_a_minute_to_an_hour() -> None:
    minutes = [pause_after(attempts).total_seconds() / 60 for attempts in range(1, MOST_ATTEMPTS)]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(st.integers(min_value=-3, max_value=10**9))
def test_a_pause_is_never_longer_than_an_hour(attempts: int) -> None:
    assert timedelta(0) < pause_after(attempts) <= LONGEST_PAUSE


def test_after_the_tenth_failed_attempt_it_is_given_up() -> None:
    standing = NEW
    for _ in range(MOST_ATTEMPTS):
        assert standing.status is Status.PENDING
        standing = put_off(standing, Fault.SERVER_AWAY, now=NOW)
    assert (standing.status, standing.attempts, standing.next_attempt_at) == (Status.FAILED, MOST_ATTEMPTS, None)
    assert next_attempt(MOST_ATTEMPTS, now=NOW) is None


def test_an_address_that_does_not_exist_is_not_tried_twice() -> None:
    standing = given_up(NEW, Fault.ADDRESS_REFUSED, now=NOW)
    assert (standing.status, standing.attempts, standing.fault) == (Status.FAILED, 1, Fault.ADDRESS_REFUSED)


def test_an_attempt_whose_end_nobody_saw_is_counted_and_ends_some_day() -> None:
    standing = NEW
    for _ in range(MOST_ATTEMPTS):
        standing = interrupted(standing, now=NOW)
    assert (standing.status, standing.unsure, standing.fault) == (Status.FAILED, MOST_ATTEMPTS, Fault.INTERRUPTED)


def test_a_delivery_keeps_the_count_of_unsure_attempts() -> None:
    standing = delivered(interrupted(NEW, now=NOW), now=NOW)
    assert (standing.status, standing.attempts, standing.unsure, standing.ended_at) == (Status.SENT, 2, 1, NOW)


def test_what_failed_can_be_sent_again_with_a_new_row_of_attempts() -> None:
    again = sent_again(given_up(NEW, Fault.ADDRESS_REFUSED, now=NOW), now=NOW)
    assert (again.status, again.attempts, again.next_attempt_at) == (Status.PENDING, 0, NOW)


@pytest.mark.parametrize("status", [Status.PENDING, Status.SENT, Status.SUPPRESSED])
def test_only_what_failed_can_be_sent_again(status: Status) -> None:
    with pytest.raises(Refused) as refusal:
        sent_again(Standing(status, 1, 0, None), now=NOW)
    assert (refusal.value.code, refusal.value.state) == ("wrong_state", status.value)
