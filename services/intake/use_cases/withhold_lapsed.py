"""What may no longer leave because its consent, or the review of its ground, has run out by itself."""

from datetime import datetime

from services.intake.use_cases.ports import Work

AT_ONCE = 100


def withhold_lapsed(*, work: Work, now: datetime) -> int:
    """Hold those cases, and empty what of them still waits to be sent; how many they were.

    A consent is checked at sending too: a window that was offline for longer than it holds sends nothing of it.
    Twice: a case is held once. A new consent, or a review, lets it leave again.
    """
    today = work.place.moment(now).today
    cases = work.cases.run_out(today, AT_ONCE)
    for case in cases:
        work.hub.drop_waiting(case.id)
        work.cases.save(case.judged_on(today))
    return len(cases)
