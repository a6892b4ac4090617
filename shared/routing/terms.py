"""How long a consent, or a ground in its place, lets data be shared: the same days at window and hub. Pure."""

from datetime import UTC, date, datetime, timedelta

from shared.routing.approval import GroundApproval
from shared.routing.case import Consent
from shared.vocabulary.codes import ConsentGround

DEFAULT_TERM = timedelta(days=90)
"""Validity of a consent that names no end (domain.md, Consent), from the day it was recorded."""


def last_day(consent: Consent, recorded_at: datetime, approval: GroundApproval | None) -> date | None:
    """The last day on which anything may be shared under it; None for a ground that nobody has approved.

    A ground holds until its review is overdue by its days of grace, or until the end that was written down for it.
    """
    if consent.ground is ConsentGround.CONSENT:
        return consent.expires_on or (recorded_at + DEFAULT_TERM).date()
    if approval is None:
        return None
    return min(approval.lapses_on, consent.expires_on or date.max)


def is_over(last: date | None, now: datetime) -> bool:
    """Whether that day has gone by (days end at midnight UTC); also where there never was one."""
    return last is None or now.astimezone(UTC).date() > last
