"""An institution gives a person an appointment."""

from dataclasses import dataclass
from datetime import datetime

from services.referrals.domain.meeting import Meeting
from services.referrals.domain.referral import Referral
from services.referrals.use_cases.desk import OfReferral, act_on
from services.referrals.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True, kw_only=True)
class ScheduleAppointment(OfReferral):
    """When, where, what to bring."""

    meeting: Meeting


def schedule_appointment(request: ScheduleAppointment, *, by: Actor, work: Work, now: datetime) -> Referral:
    """Given again, the newest counts."""
    return act_on(work, request, "schedule", lambda referral, doer: referral.schedule(doer, now, request.meeting), by=by, now=now)
