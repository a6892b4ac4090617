"""The hub tells who may sign in at this window."""

from services.intake.use_cases.ports import Work
from shared.contracts.access_changed import AccessChanged


def take_access(changed: AccessChanged, *, work: Work) -> None:
    """Keep each user whole; twice, late or out of order the highest version of each stands."""
    for user in changed.users:
        work.access.keep(user)
