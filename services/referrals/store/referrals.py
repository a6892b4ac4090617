"""Referrals to rows and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from services.referrals.domain.referral import Meeting, Origin, Referral
from services.referrals.store.shelf import Written
from shared.routing.decision import Reason
from shared.routing.rules import Disclosure
from shared.vocabulary.codes import CancelReason, Need, NeedMet, Outcome, ReferralStatus, Urgency

_PLAIN = (
    "id", "case_id", "case_code", "person_id", "window", "institution", "author", "version", "batch", "replaces", "hops",
    "created_at", "ack_due_at", "due_at", "received_at", "accepted_at", "accepted_by", "ended_at", "stop_requested_at",
    "access_ended", "escalated", "responsible", "suggested_institution", "service_delivered", "review_on",
)
_CODES = ("status", "urgency", "disclosure", "origin", "stop_reason", "cancel_reason", "outcome", "need_met")
URGENCIES = (Urgency.EMERGENCY, Urgency.URGENT, Urgency.ROUTINE)
"""The most pressing first: how a desk's list is sorted."""


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
    )


def _secret(referral: Referral) -> dict[str, Any]:
    meeting = referral.appointment
    kept: dict[str, Any] = {"institution_ref": referral.institution_ref, "appointment": None}
    if meeting is not None:
        kept["appointment"] = {**vars(meeting), "at": meeting.at.isoformat(), "bring": list(meeting.bring)}
    return kept


def _meeting(kept: Mapping[str, Any] | None) -> Meeting | None:
    if kept is None:
        return None
    return Meeting(datetime.fromisoformat(kept["at"]), kept["place"], tuple(kept["bring"]), kept["kept"])


REFERRALS: Written[Referral] = Written(
    row=row_of,
    secret=_secret,
    secret_mark=lambda referral: (referral.institution_ref, referral.appointment),
    entity=referral_of_row,
    person=lambda referral: referral.person_id,
    id=lambda referral: referral.id,
)
