"""How long a consent, or a ground in its place, lets data be shared, and with whom: the same at window and hub. Pure."""

from datetime import UTC, date, datetime, timedelta

from shared.routing.approval import GroundApproval
from shared.routing.case import Consent
from shared.routing.directory import Institution
from shared.vocabulary.codes import ConsentGround, ConsentPurpose

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


def out_of_reach(consent: Consent, institution: Institution | None, home: str) -> str | None:
    """Why a consent does not reach an institution, as a note's code; None when it does. ``home`` is the node's country.

    Recipients and countries left out limit nothing here; another country needs the purpose ``cross_border`` too.
    """
    if institution is None or (consent.recipients and institution.id not in consent.recipients):
        return "no_consent"
    if consent.countries and institution.country not in consent.countries:
        return "no_consent_country"
    abroad = institution.country != home
    return "no_consent_country" if abroad and ConsentPurpose.CROSS_BORDER not in consent.purposes else None


def is_over(last: date | None, now: datetime) -> bool:
    """Whether that day has gone by (days end at midnight UTC); also where there never was one."""
    return last is None or now.astimezone(UTC).date() > last
