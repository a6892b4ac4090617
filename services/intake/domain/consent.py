"""What a person allowed, over time, and what therefore may leave the window (domain.md, Consent)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from shared.routing.approval import GroundApproval
from shared.routing.case import Consent
from shared.routing.terms import DEFAULT_TERM, last_day
from shared.vocabulary.codes import ConsentGround, ConsentPurpose, ConsentStatus

GRANTABLE = frozenset({ConsentStatus.GRANTED, ConsentStatus.REFUSED})
"""What a person can say; ``withdrawn`` and ``expired`` are reached, never recorded."""


class Hold(StrEnum):
    """Why a case does not leave the window."""

    WITHHELD = "withheld"
    AWAITING_SUPERVISOR = "awaiting_supervisor"


@dataclass(frozen=True)
class ConsentRecord:
    """One consent as it was recorded, and when, and at which version of the case, it was taken back: final for its id."""

    id: str
    consent: Consent
    recorded_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_version: int | None = None

    def withdrawn(self, *, by: str, at: datetime, version: int) -> "ConsentRecord":
        """The same consent, taken back."""
        return replace(
            self,
            consent=replace(self.consent, status=ConsentStatus.WITHDRAWN),
            withdrawn_at=at,
            withdrawn_by=by,
            withdrawn_version=version,
        )

    @property
    def ends_on(self) -> date:
        """The last day on which it holds; that of another ground is its approval's."""
        return self.consent.expires_on or (self.recorded_at + DEFAULT_TERM).date()

    def status_on(self, day: date) -> ConsentStatus:
        """What it amounts to on a day."""
        if self.consent.status is ConsentStatus.GRANTED and day > self.ends_on:
            return ConsentStatus.EXPIRED
        return self.consent.status

    def lapses_on(self, approval: GroundApproval | None) -> date | None:
        """The last day on which anything may leave under it; None for a ground that nobody has approved."""
        return last_day(self.consent, self.recorded_at, approval)

    def hold_on(self, day: date, approval: GroundApproval | None) -> Hold | None:
        """Why nothing but closings and withdrawals may leave on that day; None when it may be told.

        Another ground than consent waits for a supervisor's approval, whatever the person said (no body can claim
        it), and waits again when its review is overdue. Without the purpose ``referral`` there is nothing that the
        hub may do with a case.
        """
        if self.withdrawn_at is not None:
            return Hold.WITHHELD
        if self.consent.ground is not ConsentGround.CONSENT:
            last = self.lapses_on(approval)
            return Hold.AWAITING_SUPERVISOR if last is None or day > last else None
        granted = self.status_on(day) is ConsentStatus.GRANTED
        return None if granted and ConsentPurpose.REFERRAL in self.consent.purposes else Hold.WITHHELD
