"""When a referral must be acknowledged and answered. Computed from data; ``overdue`` is never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.vocabulary.codes import ReferralStatus, Urgency

FURTHEST = 400
"""Days after which a calendar without working days is taken for a mistake in the data."""


class Unit(StrEnum):
    """What a span is counted in."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Span:
    """A length of time: ``8 working_hours``."""

    amount: int
    unit: Unit


@dataclass(frozen=True)
class Allowed:
    """How long an institution has, by urgency (domain.md, Vocabulary, urgency)."""

    acknowledge: Mapping[Urgency, Span]
    answer: Mapping[Urgency, Span]


@dataclass(frozen=True)
class Calendar:
    """An institution's working time in its own zone; ``workdays`` are 0 (Monday) to 6; ``holidays`` are data."""

    zone: ZoneInfo
    opens: time
    closes: time
    workdays: frozenset[int]
    holidays: frozenset[date]

    def works_on(self, day: date) -> bool:
        """Whether somebody is there on that day."""
        return day.weekday() in self.workdays and day not in self.holidays


@dataclass(frozen=True)
class Due:
    """When a referral must be acknowledged, and when accepted or rejected."""

    acknowledge: datetime
    answer: datetime


def due(start: datetime, urgency: Urgency, spans: Allowed, calendar: Calendar) -> Due:
    """Both deadlines of a referral that was requested at ``start``, in UTC."""
    return Due(add(start, spans.acknowledge[urgency], calendar), add(start, spans.answer[urgency], calendar))


def add(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """``start`` plus ``span``, in UTC. ``ValueError`` when the calendar never works."""
    if span.unit is Unit.HOURS:
        return (start + timedelta(hours=span.amount)).astimezone(UTC)
    if span.unit is Unit.DAYS:
        return (start + timedelta(days=span.amount)).astimezone(UTC)
    if span.unit is Unit.WORKING_HOURS:
        return _working(start, timedelta(hours=span.amount), calendar)
    return _working(start, span.amount * _length(calendar), calendar)


def overdue(status: ReferralStatus, ack_due_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Whether the deadline that is open has passed: acknowledging first, then answering, then none."""
    if status is ReferralStatus.REQUESTED:
        return now > min(ack_due_at, due_at)
    return status is ReferralStatus.RECEIVED and now > due_at


def _length(calendar: Calendar) -> timedelta:
    day = date(2000, 1, 3)
    return datetime.combine(day, calendar.closes) - datetime.combine(day, calendar.opens)


def _working(start: datetime, left: timedelta, calendar: Calendar) -> datetime:
    """Walk over opening hours, day by day, until ``left`` is used up."""
    here = start.astimezone(calendar.zone)
    for ahead in range(FURTHEST):
        day = here.date() + timedelta(days=ahead)
        if not calendar.works_on(day):
            continue
        opens = datetime.combine(day, calendar.opens, calendar.zone)
        closes = datetime.combine(day, calendar.closes, calendar.zone)
        begins = max(here, opens)
        if begins >= closes:
            continue
        if closes - begins >= left:
            return (begins + left).astimezone(UTC)
        left -= closes - begins
    message = "the calendar has no working days"
    raise ValueError(message)
