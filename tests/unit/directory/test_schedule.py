"""When a place is open: weekdays, months, holidays, midnight, and clocks that change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.directory.entries import Frequency, Opening
from shared.directory.schedule import DAYS, Door, LocalDays, door, hours_on, is_open, opens_on
from shared.vocabulary.public_holidays import ClosedDays, public_holidays

SALVADOR, TIJUANA = ZoneInfo("America/El_Salvador"), ZoneInfo("America/Tijuana")
OFFICE = Opening(("MO", "TU", "WE", "TH", "FR"), time(8), time(16))
NIGHT = Opening(("SA",), time(20), time(6))
ALWAYS = Opening(DAYS, time(0), time(0))
AT_HOME = LocalDays(SALVADOR, ClosedDays("SV"))
NEVER_CLOSED = LocalDays(SALVADOR, frozenset())

openings = st.builds(
    Opening,
    byday=st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(tuple),
    opens_at=st.times(max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
    closes_at=st.times(max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0, fold=0)),
)
zones = st.sampled_from(["America/El_Salvador", "America/Mexico_City", "America/Tijuana", "UTC", "Asia/Kolkata"]).map(ZoneInfo)
moments = st.integers(1_600_000_000, 2_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def there(year: int, month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = SALVADOR) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (there(2026, 11, 23, 8), True),
        (there(2026, 11, 23, 7, 59), False),
        (there(2026, 11, 23, 15, 59), True),
        (there(2026, 11, 23, 16), False),
        (there(2026, 11, 22, 10), False),
        (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), False),
        (there(2026, 9, 15, 10), False),
        (there(2026, 12, 25, 10), False),
    ],
    ids=["opens", "before", "last minute", "closes", "Sunday", "14 UTC is 8 there", "8 UTC is 2 there", "Independence Day", "Christmas"],
)
def test_an_office_is_open_on_working_days_by_its_own_clock(at: datetime, expected: bool) -> None:
    assert is_open([OFFICE], AT_HOME, at) is expected


def test_a_night_shelter_stays_open_past_midnight_and_not_on_the_next_night() -> None:
    assert is_open([NIGHT], NEVER_CLOSED, there(2026, 11, 21, 23))
    assert is_open([NIGHT], NEVER_CLOSED, there(2026, 11, 22, 5, 59))
    assert not is_open([NIGHT], NEVER_CLOSED, there(2026, 11, 22, 6))
    assert not is_open([NIGHT], NEVER_CLOSED, there(2026, 11, 22, 23))


def test_what_opened_on_the_eve_of_a_feast_goes_on_into_it() -> None:
    feast = LocalDays(SALVADOR, ClosedDays(None, frozenset({date(2026, 11, 22)})))
    daily = Opening(DAYS, time(20), time(6))
    assert is_open([daily], feast, there(2026, 11, 22, 3))
    assert not is_open([daily], feast, there(2026, 11, 22, 21))


@pytest.mark.parametrize(
    ("byday", "day", "expected"),
    [
        (("1MO",), date(2026, 11, 2), True),
        (("1MO",), date(2026, 11, 9), False),
        (("3WE",), date(2026, 11, 18), True),
        (("-1FR",), date(2026, 11, 27), True),
        (("-1FR",), date(2026, 11, 20), False),
        (("-2FR",), date(2026, 11, 20), True),
        (("5MO",), date(2026, 11, 30), True),
        (("-1MO",), date(2028, 2, 28), True),
        (("-1TU",), date(2028, 2, 29), True),
    ],
)
def test_a_monthly_opening_names_its_day_from_either_end_of_the_month(byday: tuple[str, ...], day: date, expected: bool) -> None:
    assert opens_on(Opening(byday, time(9), time(12), Frequency.MONTHLY), day) is expected


def test_an_opening_holds_only_between_its_dates() -> None:
    summer = Opening(("MO",), time(9), time(12), valid_from=date(2026, 11, 9), valid_to=date(2026, 11, 16))
    assert [opens_on(summer, date(2026, 11, day)) for day in (2, 9, 16, 23)] == [False, True, True, False]


def test_clocks_that_change_do_not_close_an_office() -> None:
    days = LocalDays(TIJUANA, frozenset())
    every = Opening(DAYS, time(1), time(4))
    assert is_open([every], days, datetime(2026, 11, 1, 8, 30, tzinfo=UTC))  # 1:30, summer time
    assert is_open([every], days, datetime(2026, 11, 1, 9, 30, tzinfo=UTC))  # 1:30 again, winter time
    assert is_open([every], days, datetime(2026, 11, 1, 11, 59, tzinfo=UTC))
    assert not is_open([every], days, datetime(2026, 11, 1, 12, 0, tzinfo=UTC))


def test_the_hours_of_a_day_come_in_order_and_none_on_a_holiday() -> None:
    split = [Opening(("MO",), time(13), time(16)), Opening(("MO",), time(8), time(12))]
    spans = hours_on(split, AT_HOME, date(2026, 11, 23))
    assert [(span.opens.hour, span.closes.hour) for span in spans] == [(8, 12), (13, 16)]
    assert hours_on([ALWAYS], AT_HOME, date(2026, 12, 25)) == ()


def test_public_holidays_are_those_of_the_country_and_none_of_an_unknown_one() -> None:
    assert date(2026, 9, 15) in public_holidays("SV", 2026)
    assert date(2026, 9, 16) in public_holidays("MX", 2026)
    assert public_holidays("XX", 2026) == frozenset()


@given(moments, zones)
def test_a_place_that_never_closes_is_always_open(at: datetime, zone: ZoneInfo) -> None:
    assert is_open([ALWAYS], LocalDays(zone, frozenset()), at)


@given(moments, zones, st.lists(openings, max_size=4))
def test_a_place_is_open_exactly_within_the_hours_that_it_shows(at: datetime, zone: ZoneInfo, kept: list[Opening]) -> None:
    days = LocalDays(zone, frozenset())
    today = at.astimezone(zone).date()
    shown = [span for back in (1, 0) for span in hours_on(kept, days, today - timedelta(days=back))]
    within = any(span.opens.astimezone(UTC) <= at < span.closes.astimezone(UTC) for span in shown)
    assert is_open(kept, days, at) is within


@given(moments, zones, st.lists(openings, min_size=1, max_size=4))
def test_the_same_moment_in_another_zone_is_the_same_answer(at: datetime, zone: ZoneInfo, kept: list[Opening]) -> None:
    days = LocalDays(zone, ClosedDays("SV"))
    assert is_open(kept, days, at) == is_open(kept, days, at.astimezone(zone)) == is_open(kept, days, at.astimezone(SALVADOR))


@given(moments, zones, openings)
def test_nothing_opens_on_a_closed_day(at: datetime, zone: ZoneInfo, opening: Opening) -> None:
    today = at.astimezone(zone).date()
    closed = LocalDays(zone, frozenset({today, today - timedelta(days=1)}))
    assert not is_open([opening], closed, at)


@pytest.mark.parametrize(
    ("opening", "at", "expected"),
    [
        (OFFICE, there(2026, 11, 23, 9), Door(open=True, until=there(2026, 11, 23, 16))),
        (OFFICE, there(2026, 11, 23, 16), Door(open=False, until=there(2026, 11, 24, 8))),
        (OFFICE, there(2026, 11, 27, 17), Door(open=False, until=there(2026, 11, 30, 8))),
        (OFFICE, there(2026, 9, 14, 17), Door(open=False, until=there(2026, 9, 16, 8))),
        (NIGHT, there(2026, 11, 29, 1), Door(open=True, until=there(2026, 11, 29, 6))),
        (ALWAYS, there(2026, 11, 23, 9), Door(open=True, until=None)),
        (Opening(("MO",), time(8), time(9), valid_to=date(2026, 1, 1)), there(2026, 11, 23, 9), Door(open=False, until=None)),
        (Opening(("1MO",), time(8), time(9), freq=Frequency.MONTHLY), there(2026, 12, 8, 9), Door(open=False, until=there(2027, 1, 4, 8))),
    ],
    ids=["open", "until tomorrow", "over the weekend", "over a holiday", "past midnight", "always", "never again", "once a month"],
)
def test_a_door_says_until_when_it_stays_as_it_is(opening: Opening, at: datetime, expected: Door) -> None:
    assert door([opening], AT_HOME, at) == expected


def test_hours_that_follow_without_a_break_are_one() -> None:
    morning, rest = Opening(("MO",), time(8), time(12)), Opening(("MO",), time(12), time(16))
    assert door([morning, rest], AT_HOME, there(2026, 11, 23, 9)).until == there(2026, 11, 23, 16)


@given(st.lists(openings, max_size=3), zones, moments)
def test_a_door_agrees_with_the_hours_and_changes_only_when_it_says(hours: list[Opening], zone: ZoneInfo, at: datetime) -> None:
    days = LocalDays(zone, frozenset())
    found = door(hours, days, at)
    assert found.open == is_open(hours, days, at)
    if found.until is not None:
        assert found.open != is_open(hours, days, found.until)
