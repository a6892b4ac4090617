"""Deadlines over working calendars."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.referrals.domain.deadlines import Calendar, Span, Unit, add

SAN_SALVADOR = ZoneInfo("America/El_Salvador")
OFFICE = Calendar(SAN_SALVADOR, time(8), time(16), frozenset(range(5)), frozenset({date(2026, 12, 25)}))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SAN_SALVADOR)


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        (local(2026, 11, 28, 23), Span(1, Unit.HOURS), local(2026, 11, 29, 0)),
        (local(2026, 11, 23, 9), Span(14, Unit.DAYS), local(2026, 12, 7, 9)),
        (local(2026, 11, 23, 9), Span(8, Unit.WORKING_HOURS), local(2026, 11, 24, 9)),
        (local(2026, 11, 23, 6), Span(8, Unit.WORKING_HOURS), local(2026, 11, 23, 16)),
        (local(2026, 11, 27, 15), Span(8, Unit.WORKING_HOURS), local(2026, 11, 30, 15)),
        (local(2026, 11, 28, 12), Span(2, Unit.WORKING_DAYS), local(2026, 12, 1, 16)),
        (local(2026, 12, 24, 12), Span(1, Unit.WORKING_DAYS), local(2026, 12, 28, 12)),
        (local(2026, 11, 23, 16), Span(2, Unit.WORKING_DAYS), local(2026, 11, 25, 16)),
    ],
    ids=["an hour on a Saturday night", "days of the calendar", "over the night", "before opening", "over a weekend",
         "from a Saturday", "over Christmas", "at closing time"],
)
def test_a_span_ends_where_a_person_would_count_to(start: datetime, span: Span, due: datetime) -> None:
    assert add(start, span, OFFICE) == due
    assert add(start, span, OFFICE).tzinfo is UTC


def test_a_calendar_that_never_works_is_a_mistake_of_the_data() -> None:
    never = Calendar(SAN_SALVADOR, time(8), time(16), frozenset(), frozenset())
    with pytest.raises(ValueError, match="no working days"):
        add(local(2026, 11, 23, 9), Span(1, Unit.WORKING_DAYS), never)
