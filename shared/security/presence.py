"""What hears of people coming and going: a window's key store, which is open only while somebody is in."""

from typing import Protocol


class Presence(Protocol):
    """Called by the sign-in, outside of any transaction. What it raises ends the sign-in as a refusal."""

    def signed_in(self, username: str, password: str) -> None:
        """Somebody proved to be this user by this password; before their session is open."""
        ...

    def nobody_left(self) -> None:
        """The last open session has ended, by signing out or by 15 minutes of doing nothing. May come often."""
        ...


class NobodyHears:
    """For a service whose keys lie open anyway."""

    def signed_in(self, username: str, password: str) -> None:
        """See ``Presence``."""

    def nobody_left(self) -> None:
        """See ``Presence``."""
