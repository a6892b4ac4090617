"""Referrals to rows and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from services.referrals.domain.erasure import Erasure
from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Origin, Referral
from services.referrals.store.shelf import Written
from shared.routing.decision import URGENCIES, Reason
from shared.routing.rules import Disclosure
from shared.vocabulary.codes import (
    CancelReason,
    ErasureAnswer,
    Need,
    NeedMet,
    Outcome,
    ReferralStatus,
    Urgency,
)

_PLAIN = (
    "id", "case_id", "case_code", "person_id", "window", "institution", "author", "version", "desk_version", "batch",
    "replaces", "hops",
    "created_at", "ack_due_at", "due_at", "received_at", "accepted_at", "accepted_by", "ended_at", "stop_requested_at",
    "access_ended", "escalated", "responsible", "suggested_institution", "service_delivered", "review_on",
)
_CODES = ("status", "urgency", "disclosure", "origin", "stop_reason", "cancel_reason", "outcome", "need_met")
_ERASURE = ("asked_at", "answer", "answered_at", "answered_by")


def needs_text(needs: tuple[Need, ...]) -> str:
    """Codes between spaces, so that ``LIKE '% code %'`` finds one."""
    return f" {' '.join(needs)} "


def row_of(referral: Referral) -> dict[str, Any]:
    """The plain columns."""
    return {
        **{name: getattr(referral, name) for name in (*_PLAIN, *_CODES)},
        "urgency_rank": URGENCIES.index(referral.urgency),
        "needs": needs_text(referral.needs),
        "reasons": [vars(reason) for reason in referral.reasons],
        **{f"erasure_{name}": getattr(referral.erasure, name, None) for name in _ERASURE},
    }


def referral_of_row(row: RowMapping, secret: Mapping[str, Any]) -> Referral:
    """The referral that ``row_of`` and its secret were made of."""
    return Referral(
        **{name: row[name] for name in _PLAIN},
        status=ReferralStatus(row["status"]),
        urgency=Urgency(row["urgency"]),
        needs=tuple(map(Need, row["needs"].split())),
        reasons=tuple(Reason(**reason) for reason in row["reasons"]),
        disclosure=Disclosure(row["disclosure"]),
        origin=Origin(row["origin"]),
        stop_reason=CancelReason(row["stop_reason"]) if row["stop_reason"] else None,
        cancel_reason=CancelReason(row["cancel_reason"]) if row["cancel_reason"] else None,
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        need_met=NeedMet(row["need_met"]) if row["need_met"] else None,
        institution_ref=secret.get("institution_ref"),
        appointment=_meeting(secret.get("appointment")),
        erasure=_erasure(row, secret),
    )


def _secret(referral: Referral) -> dict[str, Any]:
    meeting = referral.appointment
    kept: dict[str, Any] = {"institution_ref": referral.institution_ref, "appointment": None}
    if referral.erasure is not None and referral.erasure.duty:
        kept["duty"] = referral.erasure.duty
    if meeting is not None:
        kept["appointment"] = {**vars(meeting), "at": meeting.at.isoformat(), "bring": list(meeting.bring)}
    return kept


def _meeting(kept: Mapping[str, Any] | None) -> Meeting | None:
    if kept is None:
        return None
    return Meeting(datetime.fromisoformat(kept["at"]), kept["place"], tuple(kept["bring"]), kept["kept"])


def _erasure(row: RowMapping, secret: Mapping[str, Any]) -> Erasure | None:
    if row["erasure_asked_at"] is None:
        return None
    answer = ErasureAnswer(row["erasure_answer"]) if row["erasure_answer"] else None
    return Erasure(
        row["erasure_asked_at"], answer, row["erasure_answered_at"], row["erasure_answered_by"], secret.get("duty", "")
    )


REFERRALS: Written[Referral] = Written(
    row=row_of,
    secret=_secret,
    secret_mark=lambda referral: (referral.institution_ref, referral.appointment, referral.erasure),
    entity=referral_of_row,
    person=lambda referral: referral.person_id,
    id=lambda referral: referral.id,
)
