"""What acts need of people: who may sign in, their second steps, who was a supervisor when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.contracts.access import TokenAccess, UserAccess
from shared.security.tokens import NewToken


class Users(Protocol):
    """Who may sign in at this node; the hub is the source of it."""

    def get(self, username: str) -> UserAccess | None:
        """One user whole."""
        ...

    def everyone(self) -> Sequence[UserAccess]:
        """All users by name."""
        ...

    def add(self, user: UserAccess) -> UserAccess:
        """A new user; refuses a name that is taken or a role out of its place."""
        ...

    def disable(self, username: str) -> UserAccess:
        """Nobody signs in by this name any more."""
        ...

    def enable(self, username: str) -> UserAccess:
        """Whoever was disabled may sign in again."""
        ...

    def move(self, moved: UserAccess) -> UserAccess:
        """Another role, place, address or language; refuses a role out of its place."""
        ...

    def set_password(self, username: str, password_hash: str) -> UserAccess:
        """Keep the hash of a new password."""
        ...

    def set_first_password(self, username: str, password_hash: str) -> UserAccess:
        """Keep the hash of a password that must be changed at the first sign-in."""
        ...

    def set_language(self, username: str, language: str) -> UserAccess:
        """The language of pages and notices."""
        ...

    def sign_out(self, username: str) -> UserAccess:
        """End every session of the user."""
        ...

    def issue(self, username: str, wanted: NewToken | None = None, *, now: datetime) -> str:
        """A new token; its text is given here and nowhere else again."""
        ...

    def revoke(self, username: str, token: str | None = None) -> UserAccess:
        """Shut one token, or all."""
        ...

    def revoke_listed(self, username: str, token_id: str) -> UserAccess:
        """Shut the token that a list names so."""
        ...

    def take_tokens(self, username: str, told: tuple[TokenAccess, ...]) -> None:
        """Tokens that the user issued or revoked at their window."""
        ...

    def changed_elsewhere(self, username: str, number: int) -> bool:
        """Note a change of the user's own at their window; False when a later one is known."""
        ...


class SecondSteps(Protocol):
    """The second steps of the users, as far as an act must know of them."""

    def reset(self, username: str) -> None:
        """The user has none any more."""
        ...


class Supervisors(Protocol):
    """Who was a supervisor of which window, and when."""

    def keep(self, user: UserAccess) -> None:
        """A user is new or changed."""
        ...

    def served(self, username: str, window: str, at: datetime) -> bool:
        """Whether they were a supervisor of that window at that time."""
        ...
