"""``case.updated``: a window changed a case: the whole case, at its new version."""

from dataclasses import dataclass

from shared.contracts.case_told import CaseTold, CaseToldSchema

NAME = "case.updated"
VERSION = 1


@dataclass(frozen=True)
class CaseUpdated(CaseTold):
    """A window changed a case: the whole case, at its new version."""


class CaseUpdatedSchema(CaseToldSchema):
    """``case.updated``, version 1."""

    makes = CaseUpdated
