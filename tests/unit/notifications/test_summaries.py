"""One summary per institution and batch."""

from datetime import UTC, datetime, timedelta

from services.notifications.domain.delivery import Suppression
from services.notifications.domain.summaries import LONGEST_WAIT, begun, is_due, merged, summary_notices, told
from shared.vocabulary.codes import Urgency
from tests.unit.notifications.given import COLLEAGUE, EVERYBODY, OFFICER, SAYINGS, occurrence

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
QUIET = timedelta(seconds=30)


def test_a_summary_counts_and_takes_the_highest_urgency() -> None:
    summary = begun("s1", occurrence(urgency=Urgency.ROUTINE), batch="b", now=NOW)
    summary = merged(summary, begun("s2", occurrence(urgency=Urgency.EMERGENCY), batch="b", now=NOW))
    summary = merged(summary, begun("s2", occurrence(urgency=Urgency.URGENT), batch="b", now=NOW))
    assert (summary.count, summary.urgency) == (3, Urgency.EMERGENCY)


def test_a_summary_is_told_when_the_batch_has_been_quiet() -> None:
    summary = begun("s1", occurrence(), batch="b", now=NOW)
    assert not is_due(summary, quiet=QUIET, now=NOW + QUIET / 2)
    assert is_due(summary, quiet=QUIET, now=NOW + QUIET)


def test_a_batch_that_never_rests_is_told_after_an_hour() -> None:
    summary = begun("s1", occurrence(), batch="b", now=NOW)
    summary = merged(summary, begun("s2", occurrence(), batch="b", now=NOW + LONGEST_WAIT))
    assert is_due(summary, quiet=QUIET, now=NOW + LONGEST_WAIT)


def test_a_summary_is_never_told_twice() -> None:
    summary = told(begun("s1", occurrence(), batch="b", now=NOW), now=NOW + QUIET)
    late = merged(summary, begun("s2", occurrence(), batch="b", now=NOW + timedelta(days=1)))
    assert late.count == 2
    assert not is_due(late, quiet=QUIET, now=NOW + timedelta(days=2))


def test_each_officer_gets_one_notice_of_the_whole_batch() -> None:
    summary = merged(begun("s1", occurrence(), batch="maria.csv", now=NOW), begun("s2", occurrence(), batch="maria.csv", now=NOW))
    made = summary_notices(summary, EVERYBODY, SAYINGS)
    assert {notice.recipient for notice in made} == {OFFICER.username, COLLEAGUE.username}
    assert {(notice.event_id, notice.message, notice.count) for notice in made} == {("s1", "new_referrals", 2)}


def test_a_batch_for_an_institution_without_users_leaves_a_row_that_says_so() -> None:
    (notice,) = summary_notices(begun("s1", occurrence(), batch="b", now=NOW), (), SAYINGS)
    assert notice.reason is Suppression.NOBODY
