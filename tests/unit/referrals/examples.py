"""Referrals and people of the domain's tests."""

from datetime import UTC, datetime

from services.referrals.domain.referral import Doer, Origin, Referral
from services.referrals.domain.transitions import Party
from shared.ids import new_id
from shared.routing.decision import Reason
from shared.vocabulary.codes import Need, ReferralStatus, Urgency

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OFFICER = Doer("officer@pddh", Party.INSTITUTION)
COLLEAGUE = Doer("deputy@pddh", Party.INSTITUTION)
MANAGER = Doer("manager@pddh", Party.MANAGER)
WINDOW = Doer("staff@la-union", Party.WINDOW)
COORDINATOR = Doer("coordinator@sv", Party.COORDINATOR)
ROUTING = Doer("routing", Party.ROUTING)


def referral(status: ReferralStatus = ReferralStatus.REQUESTED, *, needs: tuple[Need, ...] = (Need.LEGAL_AID,), **more) -> Referral:
    """A referral of ``pddh`` as routing made it, put into ``status``."""
    made = Referral(
        id=new_id(), case_id=new_id(), case_code="SV-LUN-000001-0", person_id=new_id(), window="la-union",
        institution="pddh", urgency=Urgency.URGENT, needs=needs, reasons=(Reason("R7", "porque", "because"),),
        author="routing", origin=Origin.ROUTING, created_at=MONDAY, ack_due_at=MONDAY, due_at=MONDAY, status=status,
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made
