"""The hub tells who may sign in at this window."""

from services.intake.use_cases.ports import Work
from shared.contracts.access_changed import AccessChanged


def take_access(changed: AccessChanged, *, work: Work) -> None:
    """Keep each user whole; twice, late or out of order the highest version of each stands.

    Whoever was dismissed, or works elsewhere now, opens this window's keys no longer. Half way: the keys forget them
    although the rest is not committed; it comes again, and means the same.
    """
    for user in changed.users:
        if work.access.keep(user) and (not user.active or user.window != work.place.window):
            work.wraps.forget(user.username)
