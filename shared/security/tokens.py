"""API tokens: what opens the JSON API, and nothing else; a token never opens a page.

A token's text is shown once, when it is issued; only its SHA-256 is kept. It has 256 random bits, so a plain hash
is enough and it is found by it.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, RowMapping, select, update

from shared.clock import Clock
from shared.errors import TryAgain
from shared.persistence.engine import Database
from shared.security.access_tables import AccessTables
from shared.security.identities import Actor, Role, Scope

TOKEN_PREFIX = "vtn_"  # noqa: S105 - what marks a token of ours to people and secret scanners, no secret
USE_NOTED_EVERY = timedelta(hours=1)
"""``last_used`` is kept to this grain, so that reading does not write each time."""

_TOKEN = re.compile(rf"{TOKEN_PREFIX}[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True)
class NewToken:
    """What a new token shall be. ``days`` is how long it opens anything; None for as long as nobody revokes it."""

    name: str = ""
    scope: Scope = Scope.FULL
    days: int | None = None

    def ends(self, now: datetime) -> datetime | None:
        """When it opens nothing any more."""
        return None if self.days is None else now + timedelta(days=self.days)


@dataclass(frozen=True)
class KnownToken:
    """A token as its owner sees it listed; ``id`` names it in a form and opens nothing."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def new_token() -> str:
    """The text of a token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


class Tokens:
    """The tokens of one database, on an open transaction."""

    def __init__(self, connection: Connection, tables: AccessTables) -> None:
        self._connection = connection
        self._users = tables.users
        self._tokens = tables.tokens

    def actor_of(self, token: str | None, now: datetime) -> Actor | None:
        """Who holds this token; None for an unknown, revoked or expired one, or a user who was disabled."""
        row = self.row_of(token)
        return None if row is None or not _opens(row, now) else _actor(row)

    def row_of(self, token: str | None) -> RowMapping | None:
        """The token's row with its user's, whatever became of it; None for a text that is no token here."""
        if token is None or not _TOKEN.fullmatch(token):
            return None
        digest = token_hash(token)
        query = select(self._users, self._tokens).join(self._tokens, self._tokens.c.username == self._users.c.username)
        row = self._connection.execute(query.where(self._tokens.c.hash == digest)).mappings().one_or_none()
        return row if row is not None and hmac.compare_digest(row["hash"], digest) else None

    def note_use(self, token: str, now: datetime) -> None:
        """Remember that the token was used, to the hour."""
        stale = self._tokens.c.last_used_at.is_(None) | (self._tokens.c.last_used_at <= now - USE_NOTED_EVERY)
        where = (self._tokens.c.hash == token_hash(token)) & stale
        self._connection.execute(update(self._tokens).where(where).values(last_used_at=now))

    def live(self, username: str, now: datetime) -> list[KnownToken]:
        """Those of a user that still open something, the oldest first."""
        query = select(self._tokens).where(self._tokens.c.username == username, self._tokens.c.revoked.is_(False))
        rows = self._connection.execute(query.order_by(self._tokens.c.created_at, self._tokens.c.hash)).mappings()
        return [
            KnownToken(
                row["hash"], row["name"], Scope(row["scope"]), row["created_at"], row["expires_at"], row["last_used_at"]
            )
            for row in rows
            if row["expires_at"] is None or row["expires_at"] > now
        ]


def by_token(database: Database, tables: AccessTables, clock: Clock) -> Callable[[str | None], Actor | None]:
    """A service's way from a bearer token to who calls; notes each hour that the token is in use."""

    def authenticate(token: str | None) -> Actor | None:
        now = clock.now()
        with database.read() as connection:
            row = Tokens(connection, tables).row_of(token)
        if token is None or row is None or not _opens(row, now):
            return None
        if row["last_used_at"] is None or row["last_used_at"] <= now - USE_NOTED_EVERY:
            _note(database, tables, token, now)
        return _actor(row)

    return authenticate


def _note(database: Database, tables: AccessTables, token: str, now: datetime) -> None:
    try:
        with database.write() as connection:
            Tokens(connection, tables).note_use(token, now)
    except TryAgain:  # a full disk or a long import: the call itself may still be answered, the next one notes it
        return


def _opens(row: RowMapping, now: datetime) -> bool:
    late = row["expires_at"] is not None and row["expires_at"] <= now
    return bool(row["active"]) and not row["revoked"] and not late


def _actor(row: RowMapping) -> Actor:
    # a scope that this version does not know gives the least
    scope = Scope.FULL if row["scope"] == Scope.FULL else Scope.READ
    return Actor(row["username"], Role(row["role"]), row["node"], row["window"], row["institution"], scope)
