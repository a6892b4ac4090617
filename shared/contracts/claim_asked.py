"""``claim.asked``: somebody shows a slip of another window; this window asks the hub how the case stands."""

from dataclasses import dataclass

from shared.contracts.fields import ValueSchema, identifier, text

NAME = "claim.asked"
VERSION = 1


@dataclass(frozen=True)
class ClaimAsked:
    """One question; ``ask_id`` names it in the answer."""

    ask_id: str
    claim_code: str


class ClaimAskedSchema(ValueSchema):
    """``claim.asked``, version 1."""

    makes = ClaimAsked
    ask_id = identifier(required=True)
    claim_code = text(required=True, longest=40)
