"""A case to its row and back: two plain functions, and what is sealed of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from services.intake.domain.case import Case, CaseStatus, Closing
from services.intake.domain.consent import ConsentRecord, Hold
from shared.contracts.approvals import ApprovalsSchema
from shared.contracts.case import ConsentSchema, details_from_event, details_to_json
from shared.contracts.fields import tolerant
from shared.vocabulary.codes import CloseReason

_CONSENT = tolerant(ConsentSchema())
_APPROVALS = tolerant(ApprovalsSchema())


def row_of(case: Case) -> dict[str, Any]:
    """The columns in clear."""
    return {
        "id": case.id,
        "number": case.number,
        "code": case.code,
        "person_id": case.person_id,
        "status": case.status.value,
        "incarnation": case.incarnation,
        "version": case.version,
        "details_version": case.details_version,
        "told": case.told,
        "told_incarnation": case.told_incarnation,
        "told_version": case.told_version,
        "hold": case.hold.value if case.hold else None,
        "registered_at": case.registered_at,
        "registered_by": case.registered_by,
        "responsible": case.responsible,
        "batch": case.batch,
        "lapses_on": case.lapses_on,
    }


def secret_of(case: Case) -> dict[str, Any]:
    """What is sealed under the person's key."""
    return {
        "details": details_to_json(case.details),
        "consents": [_consent_out(record) for record in case.consents],
        "closing": _closing_out(case.closing) if case.closing else None,
        "approvals": _APPROVALS.dump(case.approvals),
        "claim_code": case.claim_code,
    }


def case_of(row: RowMapping, secret: Mapping[str, Any]) -> Case:
    """The case that ``row_of`` and ``secret_of`` wrote."""
    return Case(
        id=row["id"],
        code=row["code"],
        number=row["number"],
        person_id=row["person_id"],
        incarnation=row["incarnation"],
        version=row["version"],
        details_version=row["details_version"],
        registered_at=row["registered_at"],
        registered_by=row["registered_by"],
        details=details_from_event(secret["details"]),
        consents=tuple(_consent_in(record) for record in secret["consents"]),
        status=CaseStatus(row["status"]),
        told=row["told"],
        told_incarnation=row["told_incarnation"],
        told_version=row["told_version"],
        hold=Hold(row["hold"]) if row["hold"] else None,
        closing=_closing_in(secret["closing"]) if secret["closing"] else None,
        responsible=row["responsible"],
        batch=row["batch"],
        approvals=_APPROVALS.load(secret.get("approvals", {})),
        claim_code=secret.get("claim_code"),
    )


def _consent_out(record: ConsentRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "consent": _CONSENT.dump(record.consent),
        "recorded_at": record.recorded_at.isoformat(),
        "recorded_by": record.recorded_by,
        "withdrawn_at": record.withdrawn_at.isoformat() if record.withdrawn_at else None,
        "withdrawn_by": record.withdrawn_by,
        "withdrawn_version": record.withdrawn_version,
    }


def _consent_in(kept: Mapping[str, Any]) -> ConsentRecord:
    return ConsentRecord(
        id=kept["id"],
        consent=_CONSENT.load(kept["consent"]),
        recorded_at=datetime.fromisoformat(kept["recorded_at"]),
        recorded_by=kept["recorded_by"],
        withdrawn_at=datetime.fromisoformat(kept["withdrawn_at"]) if kept["withdrawn_at"] else None,
        withdrawn_by=kept["withdrawn_by"],
        withdrawn_version=kept["withdrawn_version"],
    )


def _closing_out(closing: Closing) -> dict[str, Any]:
    return {
        "reason": closing.reason.value,
        "text": closing.text,
        "at": closing.at.isoformat(),
        "by": closing.by,
        "version": closing.version,
    }


def _closing_in(kept: Mapping[str, Any]) -> Closing:
    return Closing(
        CloseReason(kept["reason"]), kept["text"], datetime.fromisoformat(kept["at"]), kept["by"], kept["version"]
    )
