"""What an institution may know of a case, now: the only place that serialises a person for anybody but the window.

Default: nothing. Before acceptance the first row of the matrix, then each class as ``data/classes.yml`` says, after
the end nothing. Whoever shows, filters, sorts, counts or exports referrals takes needs and reasons from here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeVar

from shared.contracts.case import details_to_json
from shared.routing.case import CaseDetails
from shared.routing.facts import age_band, age_on
from shared.routing.rules import Disclosure
from shared.security.case_fields import answers_of, fields_of, narrowed, notes_of
from shared.security.field_classes import (
    OTHER_NODE,
    CodeCondition,
    Condition,
    FieldClass,
    OtherReferrals,
    Showing,
    matrix,
)
from shared.vocabulary.codes import (
    PROTECTED_NEEDS,
    SENSITIVE_CLASSES,
    ConsentGround,
    DataClass,
    InstitutionKind,
    Need,
    ReferralStatus,
)

PROTECTED = "protected"
"""What stands in the place of a need that the reader may not know."""
COVERED_BY_DEFAULT = frozenset(DataClass) - SENSITIVE_CLASSES
"""Classes that a consent covers when it names none (domain.md, Consent)."""
WAITING = frozenset({ReferralStatus.REQUESTED, ReferralStatus.RECEIVED})
WORKED_ON = frozenset({ReferralStatus.ACCEPTED, ReferralStatus.IN_PROGRESS, ReferralStatus.ON_HOLD})
COMPLAINTS = frozenset({Need.RIGHTS_VIOLATION, Need.PROTECTION, Need.LEGAL_AID, Need.LABOUR_ABUSE})
HEALTH_NEEDS = frozenset({Need.HEALTH, Need.MENTAL_HEALTH})


@dataclass(frozen=True)
class Reading:
    """One institution reading one case through one referral, now. What is left out stands for the least.

    ``consented``: the consent (or an approved ground) lets this institution be told, at this moment. ``classes``
    are those that the consent names; ``ground`` an approved one other than consent; ``rules`` all that ever fired
    for the case. ``other_node``: the institution is of another node; ``crosses``: the consent
    lets data go there. ``parallel_open``: another referral of this institution for this case is accepted and not
    ended. ``access_ended``: the consent was taken back or the institution is blocked. ``other_open``: institutions
    with other open referrals of the case.
    """

    kind: InstitutionKind
    status: ReferralStatus
    needs: tuple[Need, ...]
    disclosure: Disclosure
    consented: bool
    classes: tuple[str, ...] = ()
    ground: ConsentGround | None = None
    rules: frozenset[str] = frozenset()
    other_node: bool = False
    crosses: bool = False
    parallel_open: bool = False
    access_ended: bool = False
    other_open: tuple[str, ...] = ()

    @property
    def shut(self) -> bool:
        """Whether nothing at all may be known of the person."""
        ended = self.status not in WAITING | WORKED_ON and not self.parallel_open
        return ended or self.access_ended or not self.consented

    @property
    def accepted(self) -> bool:
        """Whether more than the first row may be known: worked on, or ended while a parallel one is."""
        return not self.shut and self.status not in WAITING and self.disclosure is Disclosure.FULL


def released(details: CaseDetails, reading: Reading, *, code: str) -> dict[str, object]:
    """The person as JSON values, as far as this reader may know them now; ``{}`` when not at all.

    Sources: domain.md, "Who may know what", and R1 and R2 for ``code_only``.
    """
    if reading.shut or reading.kind not in matrix().first_row:
        return {}
    shown: dict[str, object] = {"code": code, "needs": visible_needs(reading)}
    if reading.disclosure is Disclosure.CODE_ONLY:
        return shown
    person = details.person
    shown |= {
        "age_band": age_band(age_on(person, details.occurred_on)).value,
        "sex": person.sex.value,
        "languages": list(person.languages),
    }
    return shown | _classes(details, reading) | _other_referrals(reading) if reading.accepted else shown


def visible_needs(reading: Reading) -> list[str]:
    """The needs of this referral as this reader may know them, each code once and all hidden ones as one word.

    None at all once access was taken: what the preview told is gone with the rest.
    """
    if reading.access_ended:
        return []
    return list(dict.fromkeys(need.value if _knows(need, reading) else PROTECTED for need in reading.needs))


class HasRule(Protocol):
    """A reason, whatever else it holds."""

    @property
    def rule(self) -> str:
        """The id of the rule that fired."""
        ...


Reason = TypeVar("Reason", bound=HasRule)


def visible_reasons(reasons: Sequence[Reason], reading: Reading) -> list[Reason]:
    """The reasons that may be shown: those that the file names, and no hint at a need that reads ``protected``."""
    if reading.access_ended:
        return []
    hiding = PROTECTED in visible_needs(reading)
    showing = matrix().reasons
    shown = {Showing.ALWAYS} if hiding else {Showing.ALWAYS, Showing.UNLESS_PROTECTED}
    return [reason for reason in reasons if showing.get(reason.rule) in shown]


def known_when_accepted(kind: InstitutionKind) -> frozenset[Need]:
    """Needs whose code this kind knows by acceptance alone: what a filter on an accepted referral may match."""
    protected = matrix().protected_needs
    told = {need for need, row in protected.items() if row.to.get(kind) is CodeCondition.ACCEPTED}
    return frozenset(Need) - PROTECTED_NEEDS | told


class Level(IntEnum):
    """How much of a class is told."""

    NOTHING = 0
    AREA = 1
    WHOLE = 2


@dataclass(frozen=True)
class _Cell:
    """One cell of the matrix, asked for one case."""

    asks: DataClass
    details: CaseDetails
    reading: Reading

    @property
    def named(self) -> bool:
        return self.asks in self.reading.classes

    @property
    def covered(self) -> bool:
        if self.reading.ground is not None:
            return True
        return self.asks in (self.reading.classes or COVERED_BY_DEFAULT)

    @property
    def duty(self) -> bool:
        return self.reading.ground is ConsentGround.LEGAL_DUTY

    @property
    def best_interests(self) -> bool:
        by_ground = self.reading.ground is ConsentGround.BEST_INTERESTS_DECISION
        return self.details.best_interests is not None and (by_ground or self.covered)

    @property
    def complained_of(self) -> bool:
        needs = set(self.reading.needs)
        return self.covered and not needs.isdisjoint(COMPLAINTS) and not needs.isdisjoint(HEALTH_NEEDS)

    @property
    def unclaimed(self) -> bool:
        return self.covered and self.reading.rules.isdisjoint(matrix().claim_rules)

    @property
    def crosses(self) -> bool:
        return self.covered and self.reading.crosses


_CONDITIONS: Mapping[Condition, tuple[Callable[[_Cell], bool], Level]] = {
    Condition.ON_ACCEPT: (lambda cell: cell.covered, Level.WHOLE),
    Condition.UNLESS_CLAIM: (lambda cell: cell.unclaimed, Level.WHOLE),
    Condition.AREA_ON_ACCEPT: (lambda cell: cell.covered, Level.AREA),
    Condition.BY_CONSENT: (lambda cell: cell.named, Level.WHOLE),
    Condition.DUTY: (lambda cell: cell.duty, Level.WHOLE),
    Condition.CONSENT_OR_DUTY: (lambda cell: cell.named or cell.duty, Level.WHOLE),
    Condition.BEST_INTERESTS: (lambda cell: cell.best_interests, Level.WHOLE),
    Condition.COMPLAINT: (lambda cell: cell.complained_of, Level.WHOLE),
    Condition.ACROSS: (lambda cell: cell.crosses, Level.WHOLE),
    Condition.AREA_ACROSS: (lambda cell: cell.crosses, Level.AREA),
}


def _level(row: FieldClass, details: CaseDetails, reading: Reading) -> Level:
    """The least of the reader's columns: its kind's, and that of another node where it is of one."""
    columns = [reading.kind.value, OTHER_NODE] if reading.other_node else [reading.kind.value]
    cell = _Cell(row.asks, details, reading)
    return min(_told(row.to.get(column), cell) for column in columns)


def _told(condition: Condition | None, cell: _Cell) -> Level:
    if condition is None:
        return Level.NOTHING
    holds, level = _CONDITIONS[condition]
    return level if holds(cell) else Level.NOTHING


def _knows(need: Need, reading: Reading) -> bool:
    """Whether the code itself may be known; a protected one never across a border or before acceptance."""
    if need not in PROTECTED_NEEDS:
        return True
    row = matrix().protected_needs[need]
    condition = row.to.get(reading.kind)
    if condition is None or reading.other_node or not reading.accepted:
        return False
    return condition is CodeCondition.ACCEPTED or row.asks in reading.classes


def _classes(details: CaseDetails, reading: Reading) -> dict[str, object]:
    """Every class that this reader may know, each field under its own name."""
    case = details_to_json(details)
    needs = set(visible_needs(reading))
    shown: dict[str, object] = {}
    notes: dict[str, object] = {}
    answers: list[str] = []
    for row in matrix().classes.values():
        level = _level(row, details, reading)
        if level is Level.NOTHING:
            continue
        told = fields_of(row, case, needs)
        shown |= {name: narrowed(value) for name, value in told.items()} if level is Level.AREA else told
        notes |= notes_of(row, case, needs)
        answers += answers_of(row, case)
    return shown | ({"need_notes": notes} if notes else {}) | ({"answers": sorted(answers)} if answers else {})


def _other_referrals(reading: Reading) -> dict[str, object]:
    if reading.other_node:
        return {}
    match matrix().other_referrals.get(reading.kind):
        case OtherReferrals.COUNT:
            return {"other_referrals": len(reading.other_open)}
        case OtherReferrals.LIST:
            return {"other_referrals": sorted(reading.other_open)}
        case _:
            return {}
