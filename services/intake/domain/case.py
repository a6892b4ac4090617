"""A case at its window: what was said, its versions, its consents, its end."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from services.intake.domain.consent import ConsentRecord, Hold
from shared.errors import Refused
from shared.routing.approval import Approvals, GroundApproval, Merge
from shared.routing.case import CaseDetails, Consent
from shared.vocabulary.codes import CloseReason, ConsentStatus


class CaseStatus(StrEnum):
    """Where a case stands at its window (contracts.md, intake)."""

    OPEN = "open"
    CLOSED = "closed"
    ANONYMISED = "anonymised"


class Delivery(StrEnum):
    """How far a case has come on its way to the hub."""

    QUEUED = "queued"
    SENT = "sent"
    RECEIVED = "received"
    REFUSED = "refused"
    WITHHELD = "withheld"
    AWAITING_SUPERVISOR = "awaiting_supervisor"


@dataclass(frozen=True)
class Closing:
    """Why and when a case ended; ``version`` is the case's that said so."""

    reason: CloseReason
    text: str
    at: datetime
    by: str
    version: int


@dataclass(frozen=True)
class Case:
    """One case at one version. ``(incarnation, version)`` rises with every change; ``told`` says the hub knows of it.

    ``told_incarnation`` and ``told_version`` are the last in which anything was said to the hub; 0 before.
    ``details_version`` is the last version that changed what was said. ``number`` is the one in ``code``; ``consents`` are in the order in which they were recorded, the last counts.
    ``approvals`` are what supervisors answer for, only ever added to. ``claim_code`` is that of the person's slip; cases
    from before there were slips, and those given back to a rebuilt window, have none. ``hold`` says why this version
    stayed here, as judged when it was made: a consent is checked at sending. ``responsible`` looks after it at this window,
    which is nobody else's business: it is no change of the case.
    """

    id: str
    code: str
    number: int
    person_id: str
    incarnation: int
    version: int
    details_version: int
    registered_at: datetime
    registered_by: str
    details: CaseDetails
    consents: tuple[ConsentRecord, ...]
    status: CaseStatus = CaseStatus.OPEN
    told: bool = False
    told_incarnation: int = 0
    told_version: int = 0
    hold: Hold | None = None
    closing: Closing | None = None
    responsible: str | None = None
    batch: str | None = None
    approvals: Approvals = field(default_factory=Approvals)
    claim_code: str | None = None

    @property
    def consent(self) -> ConsentRecord:
        """The consent that counts."""
        return self.consents[-1]

    def judged_on(self, day: date) -> "Case":
        """Itself, with what its consent allows on that day."""
        return replace(self, hold=self.consent.hold_on(day, self.ground_approval))

    @property
    def ground_approval(self) -> GroundApproval | None:
        """What approves the ground that the consent in force claims instead."""
        return self.approvals.of_ground(self.consent.id, self.consent.consent.ground)

    @property
    def lapses_on(self) -> date | None:
        """The last day on which anything of it may leave."""
        return self.consent.lapses_on(self.ground_approval)

    def at_version(self, version: int) -> "Case":
        """Itself, when ``version`` is the one that stands; refuses what was read before somebody's change."""
        if version != self.version:
            raise Refused("stale")
        return self

    def changed(self, details: CaseDetails, *, incarnation: int) -> "Case":
        """The next version with other details; the consent changes only by its own acts."""
        self.must_be_open()
        if details.consent != self.details.consent:
            raise Refused(
                "invalid", fields={"consent": ["El consentimiento se registra y se retira en sus propias llamadas."]}
            )
        version = self.version + 1
        return replace(self, incarnation=incarnation, version=version, details_version=version, details=details)

    def closed(self, reason: CloseReason, text: str, *, by: str, at: datetime, incarnation: int) -> "Case":
        """The next version, which ends the case: nothing of it changes any more but a consent taken back."""
        self.must_be_open()
        version = self.version + 1
        closing = Closing(reason, text, at, by, version)
        return replace(self, incarnation=incarnation, version=version, status=CaseStatus.CLOSED, closing=closing)

    def with_consent(self, consent_id: str, consent: Consent, *, by: str, at: datetime, incarnation: int) -> "Case":
        """The next version under a new consent, which stands after those before it. A refusal takes them back."""
        self.must_be_open()
        version = self.version + 1
        before = self.consents
        if consent.status is ConsentStatus.REFUSED:
            before = tuple(
                item if item.withdrawn_at else item.withdrawn(by=by, at=at, version=version) for item in before
            )
        return replace(
            self,
            incarnation=incarnation,
            version=version,
            details_version=version,
            details=replace(self.details, consent=consent),
            consents=(*before, ConsentRecord(consent_id, consent, at, by)),
        )

    def approved(self, approvals: Approvals, *, incarnation: int) -> "Case":
        """The next version, with what a supervisor answers for besides what was there."""
        self.must_be_open()
        version, joined = self.version + 1, self.approvals.joined(approvals)
        return replace(self, incarnation=incarnation, version=version, details_version=version, approvals=joined)

    def renumbered(self, code: str, number: int, *, incarnation: int) -> "Case":
        """The next version, under another code; in every state: two persons must never be found under one."""
        version = self.version + 1
        return replace(
            self, incarnation=incarnation, version=version, details_version=version, code=code, number=number
        )

    def of_person(self, merge: Merge, *, incarnation: int) -> "Case":
        """The next version, of another person; in every state: who somebody is does not end with a case."""
        version, joined = self.version + 1, self.approvals.joined(Approvals(merges=(merge,)))
        return replace(
            self,
            person_id=merge.person_id,
            incarnation=incarnation,
            version=version,
            details_version=version,
            approvals=joined,
        )

    def with_withdrawal(self, consent_id: str, *, by: str, at: datetime, incarnation: int) -> "Case":
        """The next version after a person took a consent back; possible in every state, once."""
        record = self.consent_of(consent_id)
        if record.withdrawn_at is not None:
            raise Refused("already_withdrawn")
        version = self.version + 1
        taken_back = record.withdrawn(by=by, at=at, version=version)
        consents = tuple(taken_back if item.id == consent_id else item for item in self.consents)
        return replace(
            self,
            incarnation=incarnation,
            version=version,
            consents=consents,
            details=replace(self.details, consent=consents[-1].consent),
        )

    def consent_of(self, consent_id: str) -> ConsentRecord:
        """One of its consents; ``not_found`` for any other id."""
        for record in self.consents:
            if record.id == consent_id:
                return record
        raise Refused("not_found")

    def given_to(self, user: str) -> "Case":
        """Itself, looked after by somebody else."""
        return replace(self, responsible=user)

    def told_to_hub(self) -> "Case":
        """Itself, remembered as told in this version."""
        return replace(self, told=True, told_incarnation=self.incarnation, told_version=self.version)

    def must_be_open(self) -> None:
        """Refuse what is done to open cases only."""
        if self.status is not CaseStatus.OPEN:
            raise Refused("already_closed", state=self.status.value, allowed=["withdraw_consent"])


def delivery_of(*, hold: Hold | None, refused: bool, outbox: str | None) -> Delivery:
    """What the window shows: a hold first, then a standing refusal, then where the last event is.

    ``outbox`` is ``queued``, ``sent`` or ``received``; None (nothing ever appended) cannot be told from queued.
    """
    if hold is not None:
        return Delivery(hold.value)
    if refused:
        return Delivery.REFUSED
    return Delivery(outbox) if outbox is not None else Delivery.QUEUED
