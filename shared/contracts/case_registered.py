"""``case.registered``: a window registered a person and their needs."""

from dataclasses import dataclass

from shared.contracts.case_told import CaseTold, CaseToldSchema

NAME = "case.registered"
VERSION = 1


@dataclass(frozen=True)
class CaseRegistered(CaseTold):
    """A window registered a person and their needs."""


class CaseRegisteredSchema(CaseToldSchema):
    """``case.registered``, version 1."""

    makes = CaseRegistered
