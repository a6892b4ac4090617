"""The users of one service's database, wherever they are kept.

A country's users are kept at its hub, which tells windows and notifications by events. A window may have users of
its own too, so that it can begin before it has ever heard of a hub; what the hub tells of the same name is newer.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from services.console.which import Service, opened, service_of
from shared.clock import SystemClock
from shared.config import Settings
from shared.contracts.access import UserAccess
from shared.errors import ConfigError
from shared.persistence.engine import Database
from shared.security.audit import AuditTrail
from shared.security.identities import Actor
from shared.security.locked_store import LockedStore
from shared.security.passwords import at_once
from shared.security.protecting import is_protected
from shared.security.tokens import NewToken
from shared.security.users import ToldUsers

if TYPE_CHECKING:
    from services.referrals.wiring import Wiring as Hub


class Accounts(Protocol):
    """What a console may do to users; each call is a transaction, noted in the audit."""

    def add(self, users: Sequence[UserAccess]) -> dict[str, str]:
        """New users, each with a token, all or none; the tokens' texts by name."""
        ...

    def everyone(self) -> Sequence[UserAccess]:
        """All users by name."""
        ...

    def disable(self, username: str) -> None:
        """Nobody signs in by this name any more."""
        ...

    def enable(self, username: str) -> None:
        """Whoever was disabled signs in again."""
        ...

    def set_password(self, username: str, password_hash: str) -> None:
        """A new password, by its hash."""
        ...

    def set_first_password(self, username: str, password_hash: str) -> None:
        """A password that must be changed at the first sign-in."""
        ...

    def issue(self, username: str, wanted: NewToken | None = None) -> str:
        """A new token's text."""
        ...

    def revoke(self, username: str, token: str | None = None) -> None:
        """Shut one token, or all of a user."""
        ...


@contextmanager
def accounts_of(settings: Settings) -> Iterator[Accounts]:
    """The users that these settings' service keeps; ``ConfigError`` for notifications, which only hears of them."""
    which = service_of(settings)
    if which is Service.NOTIFICATIONS:
        message = "Notifications keeps no users of its own: give the settings of the hub."
        raise ConfigError(message)
    if which is Service.REFERRALS:
        from services.referrals.commands import opened as opened_hub

        with opened_hub(settings) as hub:
            yield AtHub(hub)
    else:
        with opened(settings) as database:
            yield AtWindow(database, settings)


class AtHub:
    """A country's users; every change is told to whom it concerns."""

    def __init__(self, hub: "Hub") -> None:
        from services.referrals import commands

        self._commands = commands
        self._hub = hub

    def add(self, users: Sequence[UserAccess]) -> dict[str, str]:
        return self._commands.add_users(self._hub, users)

    def everyone(self) -> Sequence[UserAccess]:
        return self._commands.list_users(self._hub)

    def disable(self, username: str) -> None:
        self._commands.disable_user(self._hub, username)

    def enable(self, username: str) -> None:
        self._commands.enable_user(self._hub, username)

    def set_password(self, username: str, password_hash: str) -> None:
        self._commands.set_password(self._hub, username, password_hash)

    def set_first_password(self, username: str, password_hash: str) -> None:
        self._commands.set_first_password(self._hub, username, password_hash)

    def issue(self, username: str, wanted: NewToken | None = None) -> str:
        return self._commands.issue_token(self._hub, username, wanted)

    def revoke(self, username: str, token: str | None = None) -> None:
        self._commands.revoke_tokens(self._hub, username, token)


class AtWindow:
    """A window's own users; nobody else is told of them. Who is dismissed or reset here opens its keys no longer."""

    def __init__(self, database: Database, settings: Settings) -> None:
        from services.intake.store.tables import window_tables

        self._database = database
        self._tables = window_tables()
        self._clock = SystemClock()
        self._by = Actor.system(settings.node, settings.window)
        self._key_store = settings.key_store

    @contextmanager
    def _open(self, act: str, usernames: Sequence[str]) -> Iterator[ToldUsers]:
        with self._database.write() as connection:
            yield ToldUsers(connection, self._tables.access)
            audit = AuditTrail(connection, self._tables.audit, self._clock)
            for username in usernames:
                audit.note(self._by, f"user.{act}", "user", username)
            audit.flush()

    def add(self, users: Sequence[UserAccess]) -> dict[str, str]:
        with self._open("add", [user.username for user in users]) as kept:
            return {kept.add(user).username: kept.issue(user.username, now=self._clock.now()) for user in users}

    def everyone(self) -> Sequence[UserAccess]:
        with self._database.read() as connection:
            return ToldUsers(connection, self._tables.access).everyone()

    def disable(self, username: str) -> None:
        with self._open("disable", [username]) as kept:
            kept.disable(username)
        self._lose_the_keys(username)

    def enable(self, username: str) -> None:
        with self._open("enable", [username]) as kept:
            kept.enable(username)

    def set_password(self, username: str, password_hash: str) -> None:
        with self._open("set-password", [username]) as kept:
            kept.set_password(username, password_hash)
        self._lose_the_keys(username)

    def set_first_password(self, username: str, password_hash: str) -> None:
        with self._open("set-first-password", [username]) as kept:
            kept.set_first_password(username, password_hash)
        self._lose_the_keys(username)

    def issue(self, username: str, wanted: NewToken | None = None) -> str:
        with self._open("issue-token", [username]) as kept:
            return kept.issue(username, wanted, now=self._clock.now())

    def revoke(self, username: str, token: str | None = None) -> None:
        with self._open("revoke-token", [username]) as kept:
            kept.revoke(username, token)

    def _lose_the_keys(self, username: str) -> None:
        if is_protected(self._key_store):
            LockedStore(self._key_store, at_once).forget(username)
