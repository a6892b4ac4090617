"""What supervisors answer for, as windows tell it; and worlds on both databases."""

from datetime import date, timedelta
from typing import Any

from shared.contracts.case_registered import CaseRegistered
from shared.contracts.consent_withdrawn import ConsentWithdrawn
from shared.ids import new_id
from shared.routing.approval import Approvals, GroundApproval, Lift, LoweredUrgency, Merge
from shared.vocabulary.codes import ConsentGround, Urgency
from tests.integration.referrals.world import MONDAY, World

SUPERVISOR, STAFF = "supervisor@la-union", "staff@la-union"


def _signed(**changed: Any) -> dict[str, Any]:
    return {"id": new_id(), "by": SUPERVISOR, "at": MONDAY, "paper": "Acta 7/2026"} | changed


def ground(told: CaseRegistered, **changed: Any) -> Approvals:
    known: dict[str, Any] = {
        "consent_id": told.consent_id, "asked_by": STAFF, "ground": told.details.consent.ground,
        "review_on": MONDAY.date() + timedelta(days=7), "lapses_on": MONDAY.date() + timedelta(days=10),
    }
    return Approvals(grounds=(GroundApproval(**_signed(**(known | changed))),))


def lift(told: CaseRegistered, institution: str, rule: str, **changed: Any) -> Approvals:
    known: dict[str, Any] = {
        "consent_id": told.consent_id, "asked_by": STAFF, "institution": institution, "rule": rule, "witness": "Rosa Pérez",
    }
    return Approvals(lifts=(Lift(**_signed(**(known | changed))),))


def lowered(was: str, now: str) -> Approvals:
    return Approvals(urgencies=(LoweredUrgency(**_signed(was=Urgency(was), now=Urgency(now))),))


def merged(before: str, person_id: str, **changed: Any) -> Approvals:
    return Approvals(merges=(Merge(**_signed(**({"before": before, "person_id": person_id} | changed))),))


def withdrawn(told: CaseRegistered, *, consent_id: str | None = None, version: int = 9) -> ConsentWithdrawn:
    return ConsentWithdrawn(told.case_id, consent_id or told.consent_id, 1, version, MONDAY)


def refused_fields(world: World) -> list[str]:
    """The fields of the only case that stands refused."""
    (refused,) = world.last_receipt().refused
    return sorted(refused.errors)


def days(number: int) -> date:
    return MONDAY.date() + timedelta(days=number)


OTHER_GROUNDS = [one for one in ConsentGround if one is not ConsentGround.CONSENT]
