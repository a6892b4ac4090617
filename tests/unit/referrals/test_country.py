"""What a hub goes by, read from its files."""

from datetime import UTC, date, datetime

import pytest

from services.referrals.domain.deadlines import due
from services.referrals.store.country import load_country, read_deadlines
from shared.errors import ConfigError
from shared.vocabulary.codes import Urgency

DAY = date(2026, 11, 23)


@pytest.mark.parametrize("node", ["sv", "gt", "mx"])
def test_every_institution_of_a_node_has_deadlines_for_every_urgency(node: str) -> None:
    country = load_country(node, DAY)
    start = datetime(2026, 12, 24, 20, 0, tzinfo=UTC)
    for institution in country.directory.own():
        for urgency in Urgency:
            deadline = due(start, urgency, country.spans, country.calendar_of(institution))
            assert start < deadline.acknowledge <= deadline.answer or urgency is not Urgency.EMERGENCY
    assert country.window("nowhere") is None


@pytest.mark.parametrize(
    "change",
    [("hours: 1", "minutes: 1"), ("emergency:", "panic:"), ('opens: "00:00"', 'opens: "23:59"'), ("version: 1", "edition: 1"), ("days: 7", "weeks: 1")],
    ids=["unit", "urgency", "hours", "version", "full"],
)
def test_what_is_wrong_with_the_deadlines_ends_the_start(change: tuple[str, str]) -> None:
    text = """
version: 1
urgencies:
  emergency: {acknowledge: {hours: 1}, answer: {hours: 24}}
  urgent: {acknowledge: {working_hours: 8}, answer: {hours: 72}}
  routine: {acknowledge: {working_days: 2}, answer: {days: 14}}
full_for: {days: 7}
calendars:
  always: {zone: UTC, workdays: [0, 1, 2, 3, 4, 5, 6], opens: "00:00", closes: "23:59"}
"""
    assert read_deadlines(text, DAY)[1]["always"].works_on(DAY)
    with pytest.raises(ConfigError, match=r"deadlines\.yml"):
        read_deadlines(text.replace(*change, 1), DAY)
