"""What acts need of people: who may sign in, and by whose passwords the keys open."""

from datetime import datetime
from typing import Protocol

from shared.contracts.access import UserAccess
from shared.security.tokens import NewToken


class Access(Protocol):
    """Who may sign in at this window."""

    def keep(self, told: UserAccess) -> bool:
        """Keep a user unless that version or a later one is kept already; whether it was news."""
        ...

    def get(self, username: str) -> UserAccess | None:
        """One user whole."""
        ...

    def set_password(self, username: str, password_hash: str) -> UserAccess:
        """Keep the hash of a new password."""
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

    def revoke_listed(self, username: str, token_id: str) -> UserAccess:
        """Shut the token that a list names so."""
        ...

    def next_own_change(self, username: str, now: datetime) -> int:
        """The number of a change that the user makes here, above every earlier one."""
        ...


class KeyWraps(Protocol):
    """By whose passwords this window's keys open, where they are locked."""

    def forget(self, username: str) -> None:
        """Nobody opens them by this name any more; at once, not with the transaction."""
        ...
