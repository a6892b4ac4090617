"""The hub says who the users are: whom to tell, where, in which language, and whose tokens open our API."""

from dataclasses import dataclass

from services.notifications.use_cases.ports import Work
from shared.contracts.access import UserAccess


@dataclass(frozen=True)
class KeepAccess:
    """Users as they are now, each whole."""

    users: tuple[UserAccess, ...]


def keep_access(request: KeepAccess, *, work: Work) -> int:
    """Take each user whose version is newer than ours; how many were.

    Twice: the same version changes nothing. Late or out of order: an older version is passed over, so a token
    that was revoked stays so. Half way: all users of one event are one transaction. What waits in the ledger
    looks addresses up when it is sent, so it follows by itself.
    """
    return sum(work.readers.keep(user) for user in request.users)
