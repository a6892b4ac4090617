"""``case.restored``: the hub gives a rebuilt window one of its cases back."""

from dataclasses import dataclass

from shared.contracts.case_told import CaseTold, CaseToldSchema

NAME = "case.restored"
VERSION = 1


@dataclass(frozen=True)
class CaseRestored(CaseTold):
    """The hub gives a rebuilt window one of its cases back."""


class CaseRestoredSchema(CaseToldSchema):
    """``case.restored``, version 1."""

    makes = CaseRestored
