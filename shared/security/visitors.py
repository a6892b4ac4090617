"""Whoever comes to a service's pages: from which browser, in which session, and what they must do first."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.access import UserAccess
from shared.security.attempts import Unseen
from shared.security.identities import Actor
from shared.security.sessions import Session
from shared.security.users import actor_of


class Due(StrEnum):
    """What somebody must do before anything else; each has its page."""

    SECOND_STEP = "second-step"
    PASSWORD = "password"  # noqa: S105 - a page's name
    ENROL = "enrol"


@dataclass(frozen=True)
class Visitor:
    """Somebody with an open session, or with one that waits for its second step (``due``)."""

    user: UserAccess
    session: Session
    secret: str
    due: Due | None = None

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return actor_of(self.user)

    @property
    def is_in(self) -> bool:
        """Whether they may do more than what is due."""
        return self.due is None


@dataclass(frozen=True)
class Browser:
    """What a request says of where it comes from. ``known`` is the cookie of a browser that was here before."""

    address: str
    family: str
    known: str | None = None


@dataclass(frozen=True)
class Entered:
    """A sign-in that succeeded: the new session's secret, and what was tried in vain before.

    ``outdated``: the kept hash is cheaper than today's, and should be made anew while the password is at hand.
    """

    secret: str
    user: UserAccess
    unseen: Unseen
    due: Due | None
    outdated: bool = False
