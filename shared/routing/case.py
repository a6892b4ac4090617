"""A case as it was told at a window: plain values, the same at window and hub.

``shared/contracts/case.py`` turns JSON into these and back; routing, both services' domains and the
person serialiser read them. Nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import date as Day  # noqa: N812 - two fields here are called ``date``

from shared.vocabulary.codes import (
    Answer,
    ConsentGivenBy,
    ConsentGround,
    ConsentMethod,
    ConsentPurpose,
    ConsentStatus,
    DocumentType,
    GuidanceTopic,
    Need,
    Sex,
    Situation,
    Urgency,
    Vulnerability,
)


@dataclass(frozen=True)
class Document:
    """An identity paper; ``number`` as written, ``country`` is who issued it (ISO 3166-1 alpha-2)."""

    type: DocumentType
    number: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class TrustedContact:
    """Somebody who may be told that there is an answer, never what it is."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class SafeContact:
    """How the person may be reached without danger: hours, channel and the words to be used."""

    hours: str = ""
    channel: str = ""
    words: str = ""
    trusted: TrustedContact = field(default_factory=TrustedContact)


@dataclass(frozen=True)
class Address:
    """A place as it was said; ``municipality`` holds a municipality or a district (domain.md, Territory)."""

    country: str
    department: str | None = None
    municipality: str | None = None


@dataclass(frozen=True)
class Person:
    """Who the case is about. One of ``birth_date`` and ``estimated_age`` (years) is present."""

    given_name: str
    family_name: str
    sex: Sex
    nationality: str
    birth_date: date | None = None
    estimated_age: int | None = None
    other_nationalities: tuple[str, ...] = ()
    document: Document | None = None
    languages: tuple[str, ...] = ("es",)
    phone: str | None = None
    safe_to_contact: bool = False
    contact: SafeContact | None = None
    origin: Address | None = None
    residence: Address | None = None


@dataclass(frozen=True)
class Against:
    """Whom a complaint is about (R7, R16)."""

    country: str | None = None
    institution: str | None = None
    text: str = ""


@dataclass(frozen=True)
class LastSeen:
    """Where and when a relative was last seen."""

    country: str | None = None
    place: str = ""
    date: Day | None = None


@dataclass(frozen=True)
class Relative:
    """The relative sought or dead (R6, R9)."""

    relationship: str
    given_name: str
    family_name: str
    birth_date: date | None = None
    estimated_age: int | None = None
    sex: Sex | None = None
    last_seen: LastSeen | None = None
    notes: str = ""


@dataclass(frozen=True)
class CaseNeed:
    """One need with what was said of it."""

    code: Need
    note: str = ""
    against: Against | None = None
    about: Relative | None = None


@dataclass(frozen=True)
class Guardian:
    """The adult who answered for a child."""

    name: str
    relationship: str
    phone: str | None = None


@dataclass(frozen=True)
class Consent:
    """What the person allowed (domain.md, Consent). Empty ``recipients``, ``classes``, ``countries``: the defaults.

    Of a child: ``assent`` (None: not asked) with its own words, and why a caregiver was not informed.
    """

    status: ConsentStatus
    purposes: tuple[ConsentPurpose, ...] = (ConsentPurpose.REFERRAL, ConsentPurpose.STATISTICS)
    recipients: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    given_by: ConsentGivenBy = ConsentGivenBy.SELF
    guardian: Guardian | None = None
    method: ConsentMethod = ConsentMethod.SIGNED
    language: str = "es"
    option_version: str | None = None
    expires_on: date | None = None
    assent: bool | None = None
    assent_words: str = ""
    caregiver_not_informed: str = ""
    ground: ConsentGround = ConsentGround.CONSENT
    ground_text: str = ""


@dataclass(frozen=True)
class Return:
    """From where and when a person was sent back."""

    country: str
    date: Day | None = None


@dataclass(frozen=True)
class BestInterests:
    """A best-interests decision: who took it, when, under what reference (R2)."""

    decided_by: str
    on: date
    reference: str


@dataclass(frozen=True)
class VoluntaryReturn:
    """Guidance first, then the declaration of voluntariness (R10)."""

    guidance_on: date | None = None
    declared_on: date | None = None
    method: ConsentMethod | None = None


@dataclass(frozen=True)
class GuidanceGiven:
    """What the person was told at this visit, and the very words of it: ``version`` is the window's texts of that day."""

    topics: tuple[GuidanceTopic, ...]
    version: str | None = None


@dataclass(frozen=True)
class EmergencyCall:
    """That the emergency services were called, when and which (R4)."""

    made: bool
    at: datetime | None = None
    service: str = ""


@dataclass(frozen=True)
class CaseDetails:
    """All that the staff wrote down at one visit; the body of ``POST /cases``.

    ``occurred_on`` is the day of the interview: age and every rule are evaluated on it.
    ``vulnerabilities`` holds only what was asked; what is absent was not asked and never reads as no.
    ``located_in`` left out means the window's country; ``urgency`` is what staff asked for.
    """

    person: Person
    situation: Situation
    needs: tuple[CaseNeed, ...]
    consent: Consent
    occurred_on: date
    household_id: str | None = None
    paper_code: str | None = None
    located_in: str | None = None
    returned: Return | None = None
    entry_date: date | None = None
    vulnerabilities: Mapping[Vulnerability, Answer] = field(default_factory=dict)
    urgency: Urgency = Urgency.ROUTINE
    best_interests: BestInterests | None = None
    voluntary_return: VoluntaryReturn | None = None
    emergency_call: EmergencyCall | None = None
    guidance: GuidanceGiven | None = None
    notes: str = ""

    def answered_yes(self, question: Vulnerability) -> bool:
        """Whether the person answered yes; not asked and declined are both no ground for a rule."""
        return self.vulnerabilities.get(question) is Answer.YES
