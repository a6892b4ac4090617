"""A case as the hub keeps it: the newest version that its window told, and what stands about it for good."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.ids import parse_case_code
from shared.routing.approval import Approvals, GroundApproval
from shared.routing.case import CaseDetails
from shared.routing.decision import Block, LiftedBlock
from shared.routing.terms import is_over, last_day
from shared.vocabulary.codes import (
    CloseReason,
    ConsentGivenBy,
    ConsentGround,
    ConsentPurpose,
    ConsentStatus,
    Need,
)

FAST_CLOCK = timedelta(days=1)
"""How far a window's clock may run ahead before a date counts as future."""
OF_AGE = 18
"""Years; below, nobody consents for themselves alone."""


@dataclass(frozen=True)
class Told:
    """What a window says of a case in one version. ``consented_at``: when the consent was recorded, where it is told."""

    case_id: str
    case_code: str
    person_id: str
    consent_id: str
    incarnation: int
    version: int
    registered_at: datetime
    details: CaseDetails
    batch: str | None = None
    consented_at: datetime | None = None
    approvals: Approvals = field(default_factory=Approvals)
    claim_code: str | None = None


@dataclass
class CaseFile:
    """One case. ``named`` is what routing asked of whom, the last time; ``reached`` all that it named under the
    consent in force, ``fired`` every rule that ever fired. ``arrived_at`` starts every clock, ``consent_since`` that of
    the consent; ``blocks`` are never taken away by a later version, and ``approvals`` only added to. ``claim`` is the
    keyed hash of the slip's claim code.

    ``withdrawn`` speaks of the consent in force: final for its id, only another consent opens the case again.
    ``lapse_told``: that it ran out by itself was told.
    """

    id: str
    window: str
    code: str
    number: int
    person_id: str
    consent_id: str
    incarnation: int
    version: int
    registered_at: datetime
    arrived_at: datetime
    consent_since: datetime
    details: CaseDetails
    batch: str | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    withdrawn: bool = False
    named: Mapping[str, frozenset[Need]] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()
    fired: frozenset[str] = frozenset()
    blocks: tuple[Block, ...] = ()
    approvals: Approvals = field(default_factory=Approvals)
    lapse_told: bool = False
    claim: str | None = None

    @property
    def shut(self) -> bool:
        """Whether nothing may be asked of anybody for it: closed, or its consent taken back."""
        return self.closed_at is not None or self.withdrawn

    @property
    def lifted(self) -> frozenset[LiftedBlock]:
        """The blocks that the consent in force lifts; none once it was taken back."""
        return frozenset() if self.withdrawn else self.approvals.lifted(self.consent_id)

    @property
    def binding(self) -> tuple[Block, ...]:
        """The blocks that nothing lifts."""
        return tuple(block for block in self.blocks if LiftedBlock(block.institution, block.rule) not in self.lifted)

    @property
    def blocked(self) -> frozenset[str]:
        """Institutions that must not know."""
        return frozenset(block.institution for block in self.binding)

    @property
    def ground_approval(self) -> GroundApproval | None:
        """What approves the ground that stands in the place of a consent."""
        return self.approvals.of_ground(self.consent_id, self.details.consent.ground)

    @property
    def basis(self) -> str:
        """What lets data be read, as the audit names it: a consent or an approval, by its id."""
        approval = self.ground_approval
        return f"approval:{approval.id}" if approval else f"consent:{self.consent_id}"

    @property
    def lapses_on(self) -> date | None:
        """The last day on which anything may be shared; None for a ground that nobody approved."""
        return last_day(self.details.consent, self.consent_since, self.ground_approval)

    def knows(self, incarnation: int, version: int) -> bool:
        """Whether that version, or a later one, is here already."""
        return (self.incarnation, self.version) >= (incarnation, version)

    def forked(self, told: Told) -> bool:
        """Whether the same version was told with other content: a window was cloned or restored badly."""
        same = (self.incarnation, self.version) == (told.incarnation, told.version)
        return same and (self.details, self.person_id) != (told.details, told.person_id)

    def update(self, told: Told, at: datetime) -> None:
        """Take a newer version. Another consent starts its own clock and is not withdrawn."""
        if told.consent_id != self.consent_id:
            if self.withdrawn:
                self.named = {}
            self.consent_id, self.consent_since, self.withdrawn = told.consent_id, told.consented_at or at, False
            self.reached = frozenset()
        self.incarnation, self.version = told.incarnation, told.version
        self.details, self.batch, self.person_id = told.details, told.batch, told.person_id
        self.approvals = self.approvals.joined(told.approvals)
        self.lapse_told = self.lapse_told and not self.stands(at)

    def close(self, reason: CloseReason, at: datetime) -> None:
        """The window closed it. Final."""
        if self.closed_at is None:
            self.closed_at, self.close_reason = at, reason

    def withdraw(self, consent_id: str) -> bool:
        """Take the consent back; False when another one is in force."""
        if consent_id != self.consent_id:
            return False
        self.withdrawn = True
        return True

    def routed(self, named: Mapping[str, frozenset[Need]], blocks: Collection[Block], fired: Collection[str]) -> None:
        """Keep what routing decided; what was blocked before stays so."""
        self.named = named
        self.reached |= frozenset(named)
        self.fired |= frozenset(fired)
        self.blocks += tuple(block for block in blocks if block not in self.blocks)

    def consented(self, institution: str, now: datetime) -> bool:
        """Whether this institution may be asked and told, now (checked at sending, acceptance, every read).

        Recipients left out are those that routing names for this case.
        """
        consent = self.details.consent
        recipients = consent.recipients or self.reached
        return self.stands(now) and institution in recipients and institution not in self.blocked

    def stands(self, now: datetime) -> bool:
        """Whether data may be shared at all: consent granted or a ground approved, not taken back, not run out."""
        consent = self.details.consent
        if self.withdrawn or is_over(self.lapses_on, now):
            return False
        if consent.ground is not ConsentGround.CONSENT:
            return True
        return consent.status is ConsentStatus.GRANTED and ConsentPurpose.REFERRAL in consent.purposes


def case_of(told: Told, window: str, at: datetime) -> CaseFile:
    """A case that is new here; its clocks start now, not when the person came (the 2015 file is not overdue)."""
    return CaseFile(
        id=told.case_id, window=window, code=told.case_code, number=parse_case_code(told.case_code).number,
        person_id=told.person_id, consent_id=told.consent_id, incarnation=told.incarnation, version=told.version,
        registered_at=told.registered_at, arrived_at=at, consent_since=told.consented_at or at, details=told.details,
        batch=told.batch, approvals=told.approvals,
    )


def errors_of(told: Told, node: str, letters: str, now: datetime) -> dict[str, list[str]]:
    """Why a case cannot be taken as it is, by field, without any value; empty when it can."""
    found: dict[str, list[str]] = {}
    _code_errors(told.case_code, node, letters, found)
    details, consent = told.details, told.details.consent
    if details.person.birth_date is None and details.person.estimated_age is None:
        found["person.birth_date"] = ["Falta la fecha de nacimiento o la edad estimada."]
    if details.occurred_on > (now + FAST_CLOCK).date():
        found["occurred_on"] = ["La fecha está en el futuro."]
    if told.consented_at is not None and told.consented_at > now + FAST_CLOCK:
        found["consented_at"] = ["La fecha está en el futuro."]
    if consent.ground is not ConsentGround.CONSENT:
        if told.approvals.of_ground(told.consent_id, consent.ground) is None:
            found["consent.ground"] = ["Requiere la aprobación de una supervisión de la ventanilla."]
    elif consent.status is not ConsentStatus.GRANTED:
        found["consent.status"] = ["Sin consentimiento el caso no sale de la ventanilla."]
    age = age_on(details, details.occurred_on)
    granted = consent.status is ConsentStatus.GRANTED
    if granted and age is not None and age < OF_AGE and consent.given_by is ConsentGivenBy.SELF:
        found["consent.given_by"] = ["Por una niña, niño o adolescente consiente su responsable o la autoridad."]
    return found


def age_on(details: CaseDetails, day: date) -> int | None:
    """Years completed on that day; an estimated age is as of the interview."""
    born = details.person.birth_date
    if born is None:
        return details.person.estimated_age
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _code_errors(text: str, node: str, letters: str, found: dict[str, list[str]]) -> None:
    try:
        code = parse_case_code(text)
    except ValueError:
        found["case_code"] = ["El código de caso no es correcto."]
        return
    if (code.node, code.letters) != (node, letters):
        found["case_code"] = ["El código de caso es de otra ventanilla."]
