"""``case.restored``: the hub gives a rebuilt window one of its cases back."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.case_told import CaseTold, CaseToldSchema
from shared.contracts.fields import code, moment, whole
from shared.vocabulary.codes import CloseReason

NAME = "case.restored"
VERSION = 1


@dataclass(frozen=True)
class CaseRestored(CaseTold):
    """The hub gives a rebuilt window one of its cases back, as it ended if it did.

    ``told_version`` is the last version of which the hub heard anything, ``version`` that of the details.
    """

    told_version: int | None = None
    withdrawn_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None


class CaseRestoredSchema(CaseToldSchema):
    """``case.restored``, version 1."""

    makes = CaseRestored
    told_version = whole(least=1, none=True)
    withdrawn_at = moment(none=True)
    closed_at = moment(none=True)
    close_reason = code(CloseReason, none=True)
