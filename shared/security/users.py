"""Users and their API tokens: kept where they sign in, the hub's as the source, elsewhere as it told.

A token's text is shown once, when it is issued; only its SHA-256 is kept. It has 256 random bits, so a plain hash
is enough and it is found by it. Every change raises the user's ``version`` and is the same value that travels in
``access.changed``.
"""

import hmac
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from shared.contracts.access import TokenAccess, UserAccess
from shared.errors import Broken, Refused
from shared.persistence.columns import Moment
from shared.security.identities import INSTITUTION_ROLES, WINDOW_ROLES, Actor, Role

TOKEN_PREFIX = "vtn_"  # noqa: S105 - what marks a token of ours to people and secret scanners, no secret
_TOKEN = re.compile(rf"{TOKEN_PREFIX}[A-Za-z0-9_-]{{43}}")
_USE_NOTED_EVERY = timedelta(hours=1)
"""``last_used`` is kept to this grain, so that reading does not write each time."""


@dataclass(frozen=True)
class AccessTables:
    """``users`` and ``tokens``."""

    users: Table
    tokens: Table


def access_tables(metadata: MetaData) -> AccessTables:
    """Who may sign in, and by what."""
    users = Table(
        "users",
        metadata,
        Column("username", String(100), primary_key=True),
        Column("role", String(30), nullable=False),
        Column("node", String(2), nullable=False),
        Column("window", String(60)),
        Column("institution", String(60)),
        Column("email", String(200)),
        Column("language", String(20), nullable=False),
        Column("active", Boolean, nullable=False),
        Column("password_hash", String(300)),
        Column("version", Integer, nullable=False),
    )
    tokens = Table(
        "tokens",
        metadata,
        Column("hash", String(64), primary_key=True),
        Column("username", String(100), ForeignKey("users.username"), nullable=False, index=True),
        Column("created_at", Moment, nullable=False),
        Column("expires_at", Moment),
        Column("last_used_at", Moment),
        Column("revoked", Boolean, nullable=False),
    )
    return AccessTables(users, tokens)


class Users:
    """The users of one database, on an open transaction."""

    def __init__(self, connection: Connection, tables: AccessTables) -> None:
        self._connection = connection
        self._users = tables.users
        self._tokens = tables.tokens

    def add(self, user: UserAccess) -> UserAccess:
        """A new user at version 1; ``Refused``: ``duplicate_name``, or ``invalid`` for a role out of its place."""
        wrong = _misplaced(user)
        if wrong is not None:
            raise Refused("invalid", fields={"role": [wrong]})
        if self.get(user.username) is not None:
            raise Refused("duplicate_name")
        self._write(replace(user, version=1), known=False)
        return self._existing(user.username)

    def keep(self, told: UserAccess) -> bool:
        """Keep a user as another service told; whether that was news.

        Twice or late: an older or equal version changes nothing. Tokens that are no longer named are gone.
        """
        mine = self.get(told.username)
        if mine is not None and mine.version >= told.version:
            return False
        self._write(told, known=mine is not None)
        return True

    def get(self, username: str) -> UserAccess | None:
        """One user whole, with the hashes of their tokens."""
        found = self._select(username)
        return found[0] if found else None

    def everyone(self) -> list[UserAccess]:
        """All users by name."""
        return self._select()

    def disable(self, username: str) -> UserAccess:
        """Nobody signs in by this name any more; ``not_found`` when there is no such user."""
        return self._change(username, active=False)

    def raise_versions(self, by: int) -> None:
        """After a restore: whoever was told of a user meanwhile takes what is told from now on for newer."""
        self._connection.execute(update(self._users).values(version=self._users.c.version + by))

    def set_password(self, username: str, password_hash: str) -> UserAccess:
        """Keep the Argon2id hash of a new password."""
        return self._change(username, password_hash=password_hash)

    def issue(self, username: str, *, now: datetime, expires_at: datetime | None = None) -> str:
        """A new token of this user. Its text is given here and nowhere else again."""
        self._change(username)
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        row = {
            "hash": token_hash(token), "username": username, "created_at": now, "expires_at": expires_at, "revoked": False,
        }
        self._connection.execute(insert(self._tokens).values(row))
        return token

    def revoke(self, username: str, token: str | None = None) -> UserAccess:
        """Shut one token of a user, or all of them; twice is the same."""
        where = self._tokens.c.username == username
        if token is not None:
            where &= self._tokens.c.hash == token_hash(token)
        self._connection.execute(update(self._tokens).where(where).values(revoked=True))
        return self._change(username)

    def actor_of(self, token: str | None, now: datetime) -> Actor | None:
        """Who holds this token; None for an unknown, revoked or expired one, or a user who was disabled."""
        if token is None or not _TOKEN.fullmatch(token):
            return None
        digest = token_hash(token)
        query = select(self._users, self._tokens.c.hash, self._tokens.c.expires_at, self._tokens.c.revoked).join(
            self._tokens, self._tokens.c.username == self._users.c.username
        )
        row = self._connection.execute(query.where(self._tokens.c.hash == digest)).mappings().one_or_none()
        if row is None or not hmac.compare_digest(row["hash"], digest):
            return None
        late = row["expires_at"] is not None and row["expires_at"] <= now
        return None if row["revoked"] or late or not row["active"] else _actor(row)

    def note_use(self, token: str, now: datetime) -> None:
        """Remember that the token was used, to the hour."""
        stale = self._tokens.c.last_used_at.is_(None) | (self._tokens.c.last_used_at <= now - _USE_NOTED_EVERY)
        where = (self._tokens.c.hash == token_hash(token)) & stale
        self._connection.execute(update(self._tokens).where(where).values(last_used_at=now))

    def _change(self, username: str, **values: object) -> UserAccess:
        where = self._users.c.username == username
        raised = {**values, "version": self._users.c.version + 1}
        if self._connection.execute(update(self._users).where(where).values(raised)).rowcount != 1:
            raise Refused("not_found")
        return self._existing(username)

    def _existing(self, username: str) -> UserAccess:
        user = self.get(username)
        if user is None:
            message = "a user who was just written is not there"
            raise Broken(message)
        return user

    def _write(self, user: UserAccess, *, known: bool) -> None:
        row = {column.name: getattr(user, column.name) for column in self._users.columns}
        if known:
            self._connection.execute(update(self._users).where(self._users.c.username == user.username).values(row))
        else:
            self._connection.execute(insert(self._users).values(row))
        used = select(self._tokens.c.hash, self._tokens.c.last_used_at).where(self._tokens.c.username == user.username)
        last_used = {found.hash: found.last_used_at for found in self._connection.execute(used)}
        self._connection.execute(delete(self._tokens).where(self._tokens.c.username == user.username))
        tokens = [
            {
                "hash": token.hash, "username": user.username, "created_at": token.created_at,
                "expires_at": token.expires_at, "last_used_at": last_used.get(token.hash), "revoked": token.revoked,
            }
            for token in user.tokens
        ]
        if tokens:
            self._connection.execute(insert(self._tokens), tokens)

    def _select(self, username: str | None = None) -> list[UserAccess]:
        users = select(self._users).order_by(self._users.c.username)
        tokens = select(self._tokens).order_by(self._tokens.c.created_at, self._tokens.c.hash)
        if username is not None:
            users = users.where(self._users.c.username == username)
            tokens = tokens.where(self._tokens.c.username == username)
        held: dict[str, list[TokenAccess]] = {}
        for row in self._connection.execute(tokens).mappings():
            token = TokenAccess(row["hash"], row["created_at"], row["expires_at"], row["revoked"])
            held.setdefault(row["username"], []).append(token)
        rows = self._connection.execute(users).mappings()
        return [UserAccess(**row, tokens=tuple(held.get(row["username"], ()))) for row in rows]


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def _misplaced(user: UserAccess) -> str | None:
    """What is wrong with a user's role and place, for people; None when they agree."""
    if user.role not in set(Role) - {Role.SYSTEM}:
        return "Esa función no existe."
    if (user.role in WINDOW_ROLES) != (user.window is not None):
        return "Personal y supervisión pertenecen a una ventanilla; los demás, a ninguna."
    if (user.role in INSTITUTION_ROLES) != (user.institution is not None):
        return "Oficiales, suplentes y responsables pertenecen a una institución; los demás, a ninguna."
    return None


def _actor(row: RowMapping) -> Actor:
    return Actor(row["username"], Role(row["role"]), row["node"], row["window"], row["institution"])
