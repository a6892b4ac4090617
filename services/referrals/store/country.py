"""What a hub goes by, read from its data files: directory, rules, deadlines, calendars with their holidays."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import yaml
from marshmallow import Schema, ValidationError, fields, validate

from services.referrals.domain.deadlines import Allowed, Calendar, Span, Unit
from services.referrals.use_cases.ports import Country
from shared.errors import ConfigError
from shared.routing.loading import load_directory, load_rules, load_services
from shared.vocabulary.codes import Urgency

YEARS_AHEAD = 10
"""How far ahead public holidays are known; the longest deadline is a few weeks."""

_SPAN = fields.Dict(
    keys=fields.Enum(Unit, by_value=True), values=fields.Integer(strict=True, validate=validate.Range(min=1)),
    required=True, validate=validate.Length(equal=1),
)


class SpansSchema(Schema):
    """How long one urgency gives."""

    acknowledge = _SPAN
    answer = _SPAN


class CalendarSchema(Schema):
    """One working calendar; hours as ``08:00``."""

    zone = fields.String(required=True)
    workdays = fields.List(fields.Integer(strict=True, validate=validate.Range(0, 6)), required=True)
    opens = fields.Time(required=True)
    closes = fields.Time(required=True)
    holidays = fields.String(load_default=None)
    closed = fields.List(fields.Date(), load_default=list)


class DeadlinesSchema(Schema):
    """``deadlines.yml``."""

    version = fields.Raw(required=True)
    urgencies = fields.Dict(
        keys=fields.Enum(Urgency, by_value=True), values=fields.Nested(SpansSchema), required=True,
        validate=validate.Length(equal=len(Urgency)),
    )
    full_for = fields.Dict(
        keys=fields.String(validate=validate.Equal("days")), values=fields.Integer(strict=True, validate=validate.Range(min=1)),
        required=True, validate=validate.Length(equal=1),
    )
    calendars = fields.Dict(keys=fields.String(), values=fields.Nested(CalendarSchema), required=True)


def load_country(node: str, today: date) -> Country:
    """Read all data of a node. ``ConfigError`` names every fault."""
    data = resources.files("services.referrals") / "data"
    directory = load_services(data / "services", load_directory(data / "directory", node))
    rules = load_rules(data / "rules" / f"{node}.yml")
    spans, calendars, full_for = read_deadlines((data / "deadlines.yml").read_text(encoding="utf-8"), today)
    unknown = {one.calendar for one in directory.own()} - calendars.keys()
    if unknown:
        message = f"deadlines.yml: no calendar {', '.join(sorted(unknown))}"
        raise ConfigError(message)
    return Country(node, directory, rules, spans, calendars, f"{directory.version}+{rules.version}", full_for)


def read_deadlines(text: str, today: date) -> tuple[Allowed, Mapping[str, Calendar], timedelta]:
    """Deadlines, calendars with the public holidays around ``today``, and how long a full service is believed to be so."""
    raw = yaml.safe_load(text)
    for calendar in raw.get("calendars", {}).values():
        calendar["closed"] = [str(day) for day in calendar.get("closed", [])]
    try:
        told: dict[str, Any] = DeadlinesSchema().load(raw)
    except ValidationError as error:
        message = f"deadlines.yml is not right: {error.messages}"
        raise ConfigError(message) from error
    years = range(today.year - 1, today.year + YEARS_AHEAD)
    urgencies = told["urgencies"]
    spans = Allowed(
        {urgency: _span(one["acknowledge"]) for urgency, one in urgencies.items()},
        {urgency: _span(one["answer"]) for urgency, one in urgencies.items()},
    )
    calendars = {name: _calendar(one, years) for name, one in told["calendars"].items()}
    return spans, calendars, timedelta(days=told["full_for"]["days"])


def _span(told: Mapping[Unit, int]) -> Span:
    unit, amount = next(iter(told.items()))
    return Span(amount, unit)


def _calendar(told: Mapping[str, Any], years: range) -> Calendar:
    opens, closes = told["opens"], told["closes"]
    if not isinstance(opens, time) or opens >= closes:
        message = "deadlines.yml: a calendar closes before it opens"
        raise ConfigError(message)
    public = holidays.country_holidays(told["holidays"], years=years) if told["holidays"] else ()
    return Calendar(
        ZoneInfo(told["zone"]), opens, closes, frozenset(told["workdays"]), frozenset(public) | frozenset(told["closed"])
    )
