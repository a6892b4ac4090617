"""What hears of people coming and going: a window's key store, which is open only while somebody is in."""

from typing import Protocol

from shared.errors import Refused


class NotOpenedYet(Refused):
    """The password is right, but it does not open the keys, and nobody is in who has opened them."""

    def __init__(self) -> None:
        super().__init__("locked_for_you")


class Presence(Protocol):
    """Called by the sign-in, outside of any transaction. What it raises ends the sign-in as a refusal."""

    @property
    def locked(self) -> bool:
        """Whether the keys are away: then no session goes on, and whoever comes signs in first."""
        ...

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        """Somebody proved to be this user by this password; before their session is open.

        ``NotOpenedYet`` when that opens nothing; ``code`` is what they may type then beside it: the password that they
        had before, or a code of the coordination.
        """
        ...

    def has_password(self, username: str, password: str) -> None:
        """Somebody who is in has this password from now on."""
        ...

    def active(self) -> None:
        """Somebody who is in did something; a page that only looks for news is nobody."""
        ...

    def somebody_left(self) -> None:
        """There are open sessions still, as far as the clock on the wall tells. Comes often."""
        ...

    def nobody_left(self) -> None:
        """The last open session has ended, by signing out or by 15 minutes of doing nothing. May come often."""
        ...


class NobodyHears:
    """For a service whose keys lie open anyway."""

    locked = False

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        """See ``Presence``."""

    def has_password(self, username: str, password: str) -> None:
        """See ``Presence``."""

    def active(self) -> None:
        """See ``Presence``."""

    def somebody_left(self) -> None:
        """See ``Presence``."""

    def nobody_left(self) -> None:
        """See ``Presence``."""
