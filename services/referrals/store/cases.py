"""Cases to rows and back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from services.referrals.domain.case_file import CaseFile
from services.referrals.store.shelf import Written
from shared.contracts.approvals import ApprovalsSchema
from shared.contracts.case import details_from_event, details_to_json
from shared.contracts.fields import tolerant
from shared.routing.decision import Block
from shared.vocabulary.codes import CloseReason, Need

_PLAIN = (
    "id", "window", "code", "number", "person_id", "consent_id", "incarnation", "version", "registered_at",
    "arrived_at", "consent_since", "batch", "closed_at", "withdrawn", "lapse_told", "claim",
)
_APPROVALS = tolerant(ApprovalsSchema())


def row_of(case: CaseFile) -> dict[str, Any]:
    """The plain columns."""
    return {
        **{name: getattr(case, name) for name in _PLAIN},
        "close_reason": case.close_reason,
        "lapses_on": case.lapses_on,
        "named": {place: sorted(needs) for place, needs in sorted(case.named.items())},
        "reached": sorted(case.reached),
        "fired": sorted(case.fired),
        "blocks": [vars(block) for block in case.blocks],
    }


def case_of_row(row: RowMapping, secret: Mapping[str, Any]) -> CaseFile:
    """The case that ``row_of`` and its secret were made of."""
    return CaseFile(
        **{name: row[name] for name in _PLAIN},
        close_reason=CloseReason(row["close_reason"]) if row["close_reason"] else None,
        named={place: frozenset(map(Need, needs)) for place, needs in row["named"].items()},
        reached=frozenset(row["reached"]),
        fired=frozenset(row["fired"]),
        blocks=tuple(Block(**block) for block in row["blocks"]),
        details=details_from_event(secret),
        approvals=_APPROVALS.load(secret.get("approvals", {})),
    )


def _secret(case: CaseFile) -> dict[str, Any]:
    return {**details_to_json(case.details), "approvals": _APPROVALS.dump(case.approvals)}


CASES: Written[CaseFile] = Written(
    row=row_of,
    secret=_secret,
    secret_mark=lambda case: (case.details, case.approvals),
    entity=case_of_row,
    person=lambda case: case.person_id,
    id=lambda case: case.id,
)
