"""What comes in with the acts of a case's page: text to types."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields, validate

from services.intake.use_cases.ask_hub import WINDOW_CANCELS
from services.intake.web.forms.kinds import Version, choice, day, key, line, named, words
from shared.contracts.fields import ValueSchema
from shared.vocabulary.codes import CancelReason, CloseReason, ConsentGround, Urgency
from shared.web.forms import NOT_OFFERED


@dataclass(frozen=True)
class Asked:
    """Something asked of a referral; ``version`` is the referral's that was seen, ``once`` the form's own key."""

    version: int = 0
    once: str | None = None
    reason: str | None = None
    text: str = ""
    institution: str | None = None
    assurance_reason: str = ""


class CommentForm(ValueSchema):
    """Words to the institution."""

    makes = Asked
    version = Version(load_default=0)
    once = key()
    text = words(required=True)


class CancelForm(ValueSchema):
    """Why a referral is to end."""

    makes = Asked
    version = Version(load_default=0)
    once = key()
    reason = fields.String(
        required=True, validate=validate.OneOf([one.value for one in CancelReason if one in WINDOW_CANCELS], error=NOT_OFFERED),
        error_messages={"required": NOT_OFFERED},
    )
    text = words()


class ReReferForm(ValueSchema):
    """To whom it goes now."""

    makes = Asked
    version = Version(load_default=0)
    once = key()
    institution = named()
    assurance_reason = words()
    text = words()


class InErrorForm(ValueSchema):
    """Why it should never have been."""

    makes = Asked
    version = Version(load_default=0)
    once = key()
    reason = line(required=True)


@dataclass(frozen=True)
class OfCase:
    """An act on the case that needs nothing but its version."""

    version: int = 0


@dataclass(frozen=True)
class Withdrawing(OfCase):
    """Which consent is taken back."""

    consent_id: str = ""


class WithdrawForm(ValueSchema):
    """``consent_id`` is the one that the page showed."""

    makes = Withdrawing
    version = Version(load_default=0)
    consent_id = named()


@dataclass(frozen=True)
class Closing(OfCase):
    """Why a case ends."""

    reason: CloseReason = CloseReason.OTHER
    text: str = ""


class CloseForm(ValueSchema):
    """Reason, and what is to be remembered."""

    makes = Closing
    version = Version(load_default=0)
    reason = choice(CloseReason)
    text = words()


@dataclass(frozen=True)
class Remind:
    """When to ask, and what."""

    due_on: date
    text: str = ""
    once: str | None = None


class FollowUpForm(ValueSchema):
    """A reminder."""

    makes = Remind
    once = key()
    due_on = day()
    text = line()


@dataclass(frozen=True)
class Done:
    """Which reminder was seen to."""

    follow_up_id: str


class DoneForm(ValueSchema):
    """One button."""

    makes = Done
    follow_up_id = named()


@dataclass(frozen=True)
class Approving(OfCase):
    """On what paper a ground is approved."""

    paper: str = ""
    ground: ConsentGround | None = None


class ApproveForm(ValueSchema):
    """``ground`` is the one that the page showed."""

    makes = Approving
    version = Version(load_default=0)
    ground = choice(ConsentGround, required=False)
    paper = words(required=True)


@dataclass(frozen=True)
class Lifting(OfCase):
    """Which block is lifted, who saw it asked for, on what paper."""

    institution: str = ""
    witness: str = ""
    paper: str = ""


class LiftForm(ValueSchema):
    """A block."""

    makes = Lifting
    version = Version(load_default=0)
    institution = named()
    witness = line(required=True)
    paper = words(required=True)


@dataclass(frozen=True)
class Lowering(OfCase):
    """To what the urgency is lowered, and why."""

    urgency: Urgency = Urgency.ROUTINE
    reason: str = ""


class LowerForm(ValueSchema):
    """An urgency."""

    makes = Lowering
    version = Version(load_default=0)
    urgency = choice(Urgency)
    reason = words(required=True)


@dataclass(frozen=True)
class Merging(OfCase):
    """Whose case this is too (chosen, or by its code), and how it is known."""

    case_id: str = ""
    other_code: str = ""
    reason: str = ""


class MergeForm(ValueSchema):
    """A merge."""

    makes = Merging
    version = Version(load_default=0)
    case_id = named(required=False)
    other_code = line()
    reason = words(required=True)


@dataclass(frozen=True)
class Unmerging(OfCase):
    """Why it was nobody else's after all."""

    reason: str = ""


class UnmergeForm(ValueSchema):
    """Its undoing."""

    makes = Unmerging
    version = Version(load_default=0)
    reason = words(required=True)


@dataclass(frozen=True)
class Giving:
    """To whom a case goes."""

    to: str


class AssignForm(ValueSchema):
    """A colleague."""

    makes = Giving
    to = named()


@dataclass(frozen=True)
class Handing:
    """From whom all open cases go to whom."""

    of: str
    to: str


class HandOverForm(ValueSchema):
    """Two colleagues."""

    makes = Handing
    of = named()
    to = named()
