"""What somebody may change of their own account here; each service carries it out by acts of its own."""

from typing import Protocol

from shared.security.identities import Actor
from shared.security.tokens import NewToken


class OwnAccount(Protocol):
    """Each call is one act of the user about themselves, allowed, noted and told to whom it concerns."""

    def set_password(self, by: Actor, password_hash: str) -> None:
        """A new password, by its hash; every session of the user ends, everywhere."""
        ...

    def set_language(self, by: Actor, language: str) -> None:
        """The language of pages and notices."""
        ...

    def sign_out(self, by: Actor) -> None:
        """End every session of the user, everywhere."""
        ...

    def issue_token(self, by: Actor, wanted: NewToken) -> str:
        """A new token's text; it is shown once."""
        ...

    def revoke_token(self, by: Actor, token_id: str) -> None:
        """Shut one token, by its place in the list."""
        ...
