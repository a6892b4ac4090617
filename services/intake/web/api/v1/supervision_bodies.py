"""What comes in with a supervisor's acts."""

from dataclasses import dataclass

from shared.contracts.fields import LONG, ValueSchema, code, identifier, text
from shared.vocabulary.codes import ConsentGround, Urgency


@dataclass(frozen=True)
class Approve:
    """What ``ApproveCaseSchema`` reads."""

    paper: str
    ground: ConsentGround | None = None


class ApproveCaseSchema(ValueSchema):
    """``{paper, ground?}``."""

    makes = Approve
    paper = text(required=True, blank=False, longest=LONG)
    ground = code(ConsentGround, none=True)


@dataclass(frozen=True)
class Lift:
    """What ``LiftBlockSchema`` reads."""

    institution: str
    witness: str
    paper: str
    rule: str | None = None


class LiftBlockSchema(ValueSchema):
    """``{institution, witness, paper, rule?}``."""

    makes = Lift
    institution = identifier(required=True)
    witness = text(required=True, blank=False)
    paper = text(required=True, blank=False, longest=LONG)
    rule = text(none=True)


@dataclass(frozen=True)
class Lower:
    """What ``LowerUrgencySchema`` reads."""

    urgency: Urgency
    reason: str


class LowerUrgencySchema(ValueSchema):
    """``{urgency, reason}``."""

    makes = Lower
    urgency = code(Urgency, required=True)
    reason = text(required=True, blank=False, longest=LONG)


@dataclass(frozen=True)
class Merge:
    """What ``MergeCaseSchema`` reads."""

    case_id: str
    reason: str


class MergeCaseSchema(ValueSchema):
    """``{case_id, reason}``."""

    makes = Merge
    case_id = identifier(required=True)
    reason = text(required=True, blank=False, longest=LONG)


@dataclass(frozen=True)
class Undo:
    """What ``UndoSchema`` reads."""

    reason: str


class UndoSchema(ValueSchema):
    """``{reason}``."""

    makes = Undo
    reason = text(required=True, blank=False, longest=LONG)
