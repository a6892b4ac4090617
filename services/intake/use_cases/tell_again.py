"""The hub asks for what it may have forgotten."""

from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import as_closed, as_told, as_withdrawn, hub

AT_ONCE = 50
"""Cases told again in one transaction, so that nobody at the window waits longer than a blink."""


def queue_everything(*, work: Work) -> None:
    """Queue every case that the hub was ever told of; ``tell_queued`` tells them little by little.

    The buckets that a request names are a hint: telling more than was asked does no harm, versions see to that.
    Twice: a case stands in the queue once. Half way: what is queued is kept.
    """
    work.cases.queue_all_told()


def tell_queued(*, work: Work) -> int:
    """Tell the next queued cases as they stand today; how many they were.

    Of one whose consent was taken back only the withdrawal and the closing are told.
    """
    cases = work.cases.take_queued(AT_ONCE)
    for case in cases:
        events: list[tuple[object, int]] = []
        if case.hold is None:
            events.append((as_told(case), case.details_version))
        events += [
            (withdrawn, withdrawn.version)
            for withdrawn in (as_withdrawn(case, record.id) for record in case.consents if record.withdrawn_at)
        ]
        closed = as_closed(case)
        if closed is not None:
            events.append((closed, closed.version))
        for event, version in events:
            work.outbox.append(event, to=hub(work), subject=case.id, version=version)
    return len(cases)
