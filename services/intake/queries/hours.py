"""The hours of a place in the week that begins today, as they are told to a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from shared.directory.finding import At
from shared.directory.schedule import hours_on

WEEK = 7


@dataclass(frozen=True)
class Hours:
    """Open from, to, on the place's clock."""

    opens: time
    closes: time


@dataclass(frozen=True)
class DayHours:
    """One day's hours; none: closed."""

    day: date
    hours: tuple[Hours, ...]


@dataclass(frozen=True)
class SameHours:
    """Some days in a row with the same hours; none: closed."""

    first: date
    last: date
    hours: tuple[Hours, ...]


def week_of(at: At, today: date) -> tuple[DayHours, ...]:
    """Seven days from today; nothing where the hours of the place are not known."""
    days = [today + timedelta(days=ahead) for ahead in range(WEEK)] if at.openings else []
    return tuple(DayHours(day, _hours(at, day)) for day in days)


def in_short(week: Sequence[DayHours]) -> tuple[SameHours, ...]:
    """The same week in as few lines as it takes."""
    lines: list[SameHours] = []
    for one in week:
        if lines and lines[-1].hours == one.hours:
            lines[-1] = replace(lines[-1], last=one.day)
        else:
            lines.append(SameHours(one.day, one.day, one.hours))
    return tuple(lines)


def _hours(at: At, day: date) -> tuple[Hours, ...]:
    return tuple(Hours(span.opens.time(), span.closes.time()) for span in hours_on(at.openings, at.days, day))
