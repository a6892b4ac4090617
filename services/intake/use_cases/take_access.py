"""The hub tells who may sign in at this window."""

from services.intake.use_cases.ports import Work
from shared.contracts.access import UserAccess
from shared.contracts.access_changed import AccessChanged


def take_access(changed: AccessChanged, *, work: Work) -> None:
    """Keep each user whole; twice, late or out of order the highest version of each stands.

    Whoever was dismissed, works elsewhere now, or was given another password opens this window's keys no longer: the
    new password does once they have signed in by it while somebody is in. Half way: the keys forget them although the
    rest is not committed; it comes again, and means the same.
    """
    for user in changed.users:
        before = work.access.get(user.username)
        if work.access.keep(user) and _has_lost_the_keys(before, user, here=work.place.window):
            work.wraps.forget(user.username)


def _has_lost_the_keys(before: UserAccess | None, user: UserAccess, *, here: str) -> bool:
    """What somebody changes at this window comes back as it is here: only another's word is another password."""
    reset = before is not None and before.password_hash != user.password_hash
    return reset or not user.active or user.window != here
