"""When a place is open: opening hours against its clock, its holidays and a moment. Pure."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from shared.directory.entries import Frequency, Opening

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""As RFC 5545 writes them, in the order of ``date.weekday()``."""
ONE_DAY = timedelta(days=1)
AHEAD = 40
"""Days that are looked through for the next opening: more than a month, for what opens once in each."""


@dataclass(frozen=True)
class LocalDays:
    """A place's clock, and the days on which nothing opens there."""

    zone: tzinfo
    closed: Container[date]


@dataclass(frozen=True, order=True)
class Span:
    """Open from one moment, included, to another, excluded; both on the place's clock."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class Door:
    """Whether somebody is there, and until when it stays so on the place's clock.

    ``until`` None: open without a break for a day and more; or shut, and nothing opens within ``AHEAD`` days.
    """

    open: bool
    until: datetime | None


def opens_on(opening: Opening, day: date) -> bool:
    """Whether an opening begins on that day, holidays aside."""
    if opening.valid_from is not None and day < opening.valid_from:
        return False
    if opening.valid_to is not None and day > opening.valid_to:
        return False
    if opening.freq is Frequency.WEEKLY:
        return DAYS[day.weekday()] in opening.byday
    return not {_ordinal(day), _ordinal_from_end(day)}.isdisjoint(opening.byday)


def hours_on(openings: Iterable[Opening], days: LocalDays, day: date) -> tuple[Span, ...]:
    """What opens on that day, in order; nothing on a closed day."""
    if day in days.closed:
        return ()
    return tuple(sorted(_span(opening, day, days.zone) for opening in openings if opens_on(opening, day)))


def is_open(openings: Sequence[Opening], days: LocalDays, at: datetime) -> bool:
    """Whether somebody is there at that moment; what opened the evening before may go on past midnight."""
    today = at.astimezone(days.zone).date()
    spans = (*hours_on(openings, days, today - ONE_DAY), *hours_on(openings, days, today))
    instant = at.astimezone(UTC)  # two times of one zone would be compared by the wall, wrong when clocks change
    return any(span.opens <= instant < span.closes for span in spans)


def door(openings: Sequence[Opening], days: LocalDays, at: datetime) -> Door:
    """How the place stands at that moment: open until when, or shut until when."""
    if not is_open(openings, days, at):
        return Door(open=False, until=_next_opening(openings, days, at))
    closes = _closing(openings, days, at)
    return Door(open=True, until=closes if closes - at <= ONE_DAY else None)


def _next_opening(openings: Sequence[Opening], days: LocalDays, at: datetime) -> datetime | None:
    today = at.astimezone(days.zone).date()
    later = (span.opens for ahead in range(AHEAD) for span in hours_on(openings, days, today + ahead * ONE_DAY))
    return next((opens for opens in later if opens.astimezone(UTC) > at.astimezone(UTC)), None)


def _closing(openings: Sequence[Opening], days: LocalDays, at: datetime) -> datetime:
    """When it shuts; hours that follow without a break are one, as far as the day after tomorrow."""
    first, end = at.astimezone(days.zone).date() - ONE_DAY, at.astimezone(days.zone)
    for span in (span for ahead in range(4) for span in hours_on(openings, days, first + ahead * ONE_DAY)):
        if span.opens.astimezone(UTC) <= end.astimezone(UTC) < span.closes.astimezone(UTC):
            end = span.closes
    return end


def _span(opening: Opening, day: date, zone: tzinfo) -> Span:
    closing = day if opening.closes_at > opening.opens_at else day + ONE_DAY
    return Span(datetime.combine(day, opening.opens_at, zone), datetime.combine(closing, opening.closes_at, zone))


def _ordinal(day: date) -> str:
    """``2TU`` for the second Tuesday of its month."""
    return f"{(day.day - 1) // 7 + 1}{DAYS[day.weekday()]}"


def _ordinal_from_end(day: date) -> str:
    """``-1FR`` for the last Friday of its month."""
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - ONE_DAY
    return f"-{(last.day - day.day) // 7 + 1}{DAYS[day.weekday()]}"
