"""The hub says who the users are: whom to tell, where, in which language, and whose tokens open our API."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.domain.delivery import Suppression
from services.notifications.domain.telling import told_after_all
from services.notifications.use_cases.ports import Work
from shared.contracts.access import UserAccess

UNHEARD_FOR = timedelta(hours=6)
"""How long what found nobody waits for somebody: a new institution is set up in a morning; later it is old news."""


@dataclass(frozen=True)
class KeepAccess:
    """Users as they are now, each whole."""

    users: tuple[UserAccess, ...]


def keep_access(request: KeepAccess, *, work: Work, now: datetime) -> int:
    """Take each user whose version is newer than ours; how many were.

    Events about referrals may come before the users whom they are for (a batch is taken by subject): what found
    nobody to tell in the last hours is told to those who are known now.

    Twice: the same version changes nothing. Late or out of order: an older version is passed over, so a token
    that was revoked stays so. Half way: all users of one event are one transaction. What waits in the ledger
    looks addresses up when it is sent, so it follows by itself.
    """
    news = sum(work.readers.keep(user) for user in request.users)
    if news:
        _tell_unheard(work=work, now=now)
    return news


def _tell_unheard(*, work: Work, now: datetime) -> None:
    for entry in work.ledger.unheard(since=now - UNHEARD_FOR):
        found = told_after_all(entry.notice, work.readers.all())
        if found:
            work.ledger.add(found, now=now)
            work.ledger.suppress(entry.id, Suppression.HEARD_LATER)
