"""Users and their tokens: kept where they sign in, the hub's as the source, elsewhere as it told.

Every change at the source raises the user's ``version`` and is the same value that travels in ``access.changed``.
"""

from dataclasses import fields, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Connection, delete, insert, select, update

from shared.contracts.access import TokenAccess, UserAccess
from shared.errors import Broken, Refused
from shared.security.access_tables import AccessTables
from shared.security.identities import INSTITUTION_ROLES, WINDOW_ROLES, Actor, Role, Scope
from shared.security.tokens import NewToken, new_token, token_hash
from shared.texts import said

TAKEN = said("Ya existe una cuenta con ese nombre.")
NO_SUCH_ROLE = said("Esa función no existe.")
WINDOW_ONLY = said("Personal y supervisión pertenecen a una ventanilla; los demás, a ninguna.")
INSTITUTION_ONLY = said("Oficiales, suplentes y responsables pertenecen a una institución; los demás, a ninguna.")

_TOLD = tuple(field.name for field in fields(UserAccess) if field.name != "tokens")


class Users:
    """The users of one database, on an open transaction; here is their source."""

    _raises: ClassVar[int] = 1

    def __init__(self, connection: Connection, tables: AccessTables) -> None:
        self._connection = connection
        self._users = tables.users
        self._tokens = tables.tokens

    def add(self, user: UserAccess) -> UserAccess:
        """A new user at the first version; ``Refused``: ``duplicate_name``, or ``invalid`` for a role out of its place."""
        _check_place(user)
        if self.get(user.username) is not None:
            raise Refused("duplicate_name", fields={"username": [TAKEN]})
        self._write(replace(user, version=self._raises), known=False)
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
        """Nobody signs in by this name any more; ``not_found`` when there is no such user.

        What was open stays shut, also when they are enabled again.
        """
        return self._change(username, active=False, sign_outs=self._users.c.sign_outs + 1)

    def enable(self, username: str) -> UserAccess:
        """Whoever was disabled may sign in again."""
        return self._change(username, active=True)

    def move(self, moved: UserAccess) -> UserAccess:
        """Another role, place, address or language, as ``moved`` has them; refuses a role out of its place."""
        _check_place(moved)
        return self._change(
            moved.username, role=moved.role, window=moved.window, institution=moved.institution, email=moved.email,
            language=moved.language,
        )

    def set_language(self, username: str, language: str) -> UserAccess:
        """The language in which a user reads pages and notices."""
        return self._change(username, language=language)

    def set_password(self, username: str, password_hash: str) -> UserAccess:
        """Keep the Argon2id hash of a new password."""
        return self._change(username, password_hash=password_hash, must_change=False)

    def set_first_password(self, username: str, password_hash: str) -> UserAccess:
        """Keep the hash of a password that must be changed at the first sign-in."""
        return self._change(username, password_hash=password_hash, must_change=True)

    def sign_out(self, username: str) -> UserAccess:
        """End every session that this user has anywhere."""
        return self._change(username, sign_outs=self._users.c.sign_outs + 1)

    def issue(self, username: str, wanted: NewToken | None = None, *, now: datetime) -> str:
        """A new token of this user. Its text is given here and nowhere else again."""
        wanted = wanted or NewToken()
        self._change(username)
        token = new_token()
        self._put(username, TokenAccess(token_hash(token), now, wanted.ends(now), scope=wanted.scope, name=wanted.name))
        return token

    def revoke(self, username: str, token: str | None = None) -> UserAccess:
        """Shut one token of a user, or all of them; twice is the same."""
        return self._revoke(username, None if token is None else token_hash(token))

    def revoke_listed(self, username: str, token_id: str) -> UserAccess:
        """Shut the token of this user that a list of theirs names so."""
        return self._revoke(username, token_id)

    def take_tokens(self, username: str, told: tuple[TokenAccess, ...]) -> None:
        """Tokens that the user issued or revoked elsewhere; one that was revoked anywhere stays so."""
        known = {token.hash: token for token in self._existing(username).tokens}
        if told:
            self._change(username)
        for token in told:
            if token.hash not in known:
                self._put(username, token)
            elif token.revoked:
                self._revoke(username, token.hash)

    def changed_elsewhere(self, username: str, number: int) -> bool:
        """Note a change that the user made of their own account; False when a later one is known already."""
        newer = (self._users.c.username == username) & (self._users.c.own_change < number)
        return self._connection.execute(update(self._users).where(newer).values(own_change=number)).rowcount == 1

    def next_own_change(self, username: str, now: datetime) -> int:
        """The number of a change that the user makes here: above every earlier one, after a restore too."""
        last = select(self._users.c.own_change).where(self._users.c.username == username)
        number: int = max(self._connection.execute(last).scalar_one() + 1, int(now.timestamp() * 1000))
        self.changed_elsewhere(username, number)
        return number

    def _revoke(self, username: str, token_id: str | None) -> UserAccess:
        where = self._tokens.c.username == username
        if token_id is not None:
            where &= self._tokens.c.hash == token_id
        self._connection.execute(update(self._tokens).where(where).values(revoked=True))
        return self._change(username)

    def _change(self, username: str, **values: object) -> UserAccess:
        where = self._users.c.username == username
        raised = {**values, "version": self._users.c.version + self._raises}
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
        row = {name: getattr(user, name) for name in _TOLD}
        if known:
            self._connection.execute(update(self._users).where(self._users.c.username == user.username).values(row))
        else:
            self._connection.execute(insert(self._users).values(row))
        used = select(self._tokens.c.hash, self._tokens.c.last_used_at).where(self._tokens.c.username == user.username)
        last_used = {found.hash: found.last_used_at for found in self._connection.execute(used)}
        self._connection.execute(delete(self._tokens).where(self._tokens.c.username == user.username))
        for token in user.tokens:
            self._put(user.username, token, last_used.get(token.hash))

    def _put(self, username: str, token: TokenAccess, last_used_at: datetime | None = None) -> None:
        row = {**vars(token), "username": username, "last_used_at": last_used_at}
        self._connection.execute(insert(self._tokens).values(row))

    def _select(self, username: str | None = None) -> list[UserAccess]:
        users = select(*(self._users.c[name] for name in _TOLD)).order_by(self._users.c.username)
        tokens = select(self._tokens).order_by(self._tokens.c.created_at, self._tokens.c.hash)
        if username is not None:
            users = users.where(self._users.c.username == username)
            tokens = tokens.where(self._tokens.c.username == username)
        held: dict[str, list[TokenAccess]] = {}
        for row in self._connection.execute(tokens).mappings():
            token = TokenAccess(
                row["hash"], row["created_at"], row["expires_at"], row["revoked"], row["scope"], row["name"]
            )
            held.setdefault(row["username"], []).append(token)
        rows = self._connection.execute(users).mappings()
        return [UserAccess(**row, tokens=tuple(held.get(row["username"], ()))) for row in rows]


class ToldUsers(Users):
    """Users whose source is the hub. A change here leaves their version, so that whatever the hub tells is newer."""

    _raises = 0


def actor_of(user: UserAccess) -> Actor:
    """A user as whoever acts."""
    return Actor(user.username, Role(user.role), user.node, user.window, user.institution, Scope.FULL)


def _check_place(user: UserAccess) -> None:
    wrong = _misplaced(user)
    if wrong is not None:
        raise Refused("invalid", fields={"role": [wrong]})


def _misplaced(user: UserAccess) -> str | None:
    """What is wrong with a user's role and place, for people; None when they agree."""
    if user.role not in set(Role) - {Role.SYSTEM}:
        return NO_SUCH_ROLE
    if (user.role in WINDOW_ROLES) != (user.window is not None):
        return WINDOW_ONLY
    if (user.role in INSTITUTION_ROLES) != (user.institution is not None):
        return INSTITUTION_ONLY
    return None
