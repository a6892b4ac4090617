"""What happens by time alone: consents that run out, stop requests that nobody answers."""

from datetime import datetime

from services.referrals.domain.limits import STOP_WITHIN
from services.referrals.domain.transitions import ROUTING
from services.referrals.use_cases.finding import make_searchable
from services.referrals.use_cases.ports import Work
from services.referrals.use_cases.telling import tell
from shared.errors import Broken

AT_ONCE = 100
"""Cases or referrals in one transaction; the rest comes with the next look."""


def close_what_ran_out(*, work: Work, now: datetime) -> int:
    """Say once of each consent, or ground with a review overdue, that it has run out; how many cases it was.

    Access is closed without this, at every read. Open referrals keep their state, the window is asked to renew, and
    no institution finds the person by name any more. Twice, or two replicas at once: each case is held and said once.
    """
    cases = [case for case in work.cases.run_out(now, AT_ONCE) if not case.stands(now) and not case.lapse_told]
    for case in cases:
        case.lapse_told = True
        for referral in work.referrals.of_case(case.id):
            if referral.open:
                tell(work, case, referral, referral.lapse(ROUTING, now), now=now, by_window=False)
                make_searchable(work, case, referral, now)
    return len(cases)


def escalate_stops(*, work: Work, now: datetime) -> int:
    """A stop request that was not answered in 24 hours goes to the manager, the coordinator and the window; once."""
    late = [one for one in work.referrals.unanswered_stops(now - STOP_WITHIN, AT_ONCE) if one.open and not one.escalated]
    for referral in late:
        case = work.cases.get(referral.case_id)
        if case is None:
            message = "a referral without its case"
            raise Broken(message)
        tell(work, case, referral, referral.escalate(ROUTING, now), now=now, by_window=False)
    return len(late)
