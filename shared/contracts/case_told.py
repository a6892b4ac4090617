"""What ``case.registered``, ``case.updated`` and ``case.restored`` have in common: a case whole, at one version."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from shared.contracts.approvals import ApprovalsSchema
from shared.contracts.case import details_from_event, details_to_json
from shared.contracts.fields import ValueSchema, identifier, moment, text, whole
from shared.routing.approval import Approvals
from shared.routing.case import CaseDetails


@dataclass(frozen=True)
class CaseTold:
    """A case as its window told it. ``(incarnation, version)`` rises; the highest counts, whatever the order.

    ``consented_at`` is when the consent in force was recorded (left out: when the case arrived). ``approvals`` are
    what supervisors of the window answer for.
    ``claim_code`` is that of the person's slip, for the hub's keyed hash of it alone; the hub can never tell it back.
    """

    case_id: str
    case_code: str
    person_id: str
    consent_id: str
    incarnation: int
    version: int
    registered_at: datetime
    details: CaseDetails
    batch: str | None = None
    consented_at: datetime | None = None
    approvals: Approvals = field(default_factory=Approvals)
    claim_code: str | None = None


class Details(fields.Field[CaseDetails]):
    """The case itself, read tolerantly and written whole."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> CaseDetails:
        if not isinstance(value, dict):
            message = "No es un objeto."
            raise ValidationError(message)
        return details_from_event(value)

    def _serialize(
        self, value: CaseDetails | None, attr: str | None, obj: object, **kwargs: object
    ) -> dict[str, Any] | None:
        return None if value is None else details_to_json(value)


class CaseToldSchema(ValueSchema):
    """The members that the three have in common."""

    makes = CaseTold
    case_id = identifier(required=True)
    case_code = text(required=True)
    person_id = identifier(required=True)
    consent_id = identifier(required=True)
    incarnation = whole(required=True, least=1)
    version = whole(required=True, least=1)
    registered_at = moment(required=True)
    details = Details(required=True)
    batch = text(none=True)
    consented_at = moment(none=True)
    approvals = fields.Nested(ApprovalsSchema)
    claim_code = text(none=True, longest=40)
