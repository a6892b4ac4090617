"""Sessions: who is signed in from which browser. Kept where they were opened; they travel nowhere.

The id is 256 random bits and stands in the browser's cookie alone; here is its SHA-256. A session is over 15
minutes after the last thing its user did, 12 hours after it was opened, and at once when the user is not any more
who they were then: disabled, moved, with another password, signed out everywhere. That is seen by the ``stamp``, so
it does not matter by which way the change came.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

import orjson
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from shared.contracts.access import UserAccess
from shared.ids import new_id
from shared.persistence.columns import Moment

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
HALF_OPEN = timedelta(minutes=10)
"""How long the second step may take after the password."""
SEEN_EVERY = timedelta(seconds=15)
"""``seen_at`` is kept to this grain, so that not every page writes."""
KEPT = timedelta(hours=24)
"""Over, a session's row stays so long: whoever comes back to a form gets what was typed, and nobody else does."""


class Stage(StrEnum):
    """How far a sign-in has come."""

    SECOND_STEP = "second-step"
    OPEN = "open"


@dataclass(frozen=True)
class Notice:
    """One line shown on the next page: ``kind`` is ``good``, ``note`` or ``bad``; ``text`` a text of ours, in Spanish.

    ``values`` fill its ``%(name)s``: numbers and times, nothing of anybody.
    """

    kind: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Session:
    """A session as its row stands. ``id`` names it in a list and opens nothing."""

    id: str
    username: str
    stage: Stage
    opened_at: datetime
    seen_at: datetime
    browser: str
    notices: tuple[Notice, ...] = ()
    carried_to: str | None = None

    def carries(self, path: str) -> bool:
        """Whether something waits that was typed into the form of this path."""
        return self.carried_to == path

    def over(self, now: datetime) -> bool:
        """Whether its time is up."""
        if self.stage is Stage.SECOND_STEP:
            return now >= self.opened_at + HALF_OPEN
        return now >= self.seen_at + IDLE or now >= self.opened_at + LONGEST


def sessions_table(metadata: MetaData) -> Table:
    """One row per signed-in browser."""
    return Table(
        "sessions",
        metadata,
        Column("hash", String(64), primary_key=True),
        Column("id", String(36), nullable=False, unique=True),
        Column("username", String(100), nullable=False, index=True),
        Column("stage", String(20), nullable=False),
        Column("stamp", String(64), nullable=False),
        Column("opened_at", Moment, nullable=False),
        Column("seen_at", Moment, nullable=False, index=True),  # who is in, what may be swept
        Column("browser", String(60), nullable=False),
        Column("notices", Text, nullable=False),
        # what was typed into a form whose session was over: sealed, with the path of its page
        Column("carried", LargeBinary),
        Column("carried_to", String(300)),
    )


def stamp_of(user: UserAccess) -> str:
    """What must stay as it is for a session to go on."""
    facts = [user.role, user.window, user.institution, user.active, user.password_hash, user.sign_outs]
    return sha256(orjson.dumps(facts)).hexdigest()


def session_hash(secret: str) -> str:
    """What is kept of a session's id."""
    return sha256(secret.encode()).hexdigest()


def end_all_sessions(connection: Connection, table: Table) -> None:
    """Nobody is in any more: a database put back from a copy has forgotten who was signed out since."""
    connection.execute(delete(table))


class Sessions:
    """The sessions of one database, on an open transaction."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = table

    def open(self, user: UserAccess, stage: Stage, browser: str, now: datetime) -> str:
        """A new session; its secret is given here and nowhere else again."""
        secret = secrets.token_urlsafe(32)
        row = {
            "hash": session_hash(secret), "id": new_id(), "username": user.username, "stage": stage.value,
            "stamp": stamp_of(user), "opened_at": now, "seen_at": now, "browser": browser, "notices": "[]",
        }
        self._connection.execute(insert(self._table).values(row))
        return secret

    def find(self, secret: str) -> Session | None:
        """The session of this secret, also one whose time is up."""
        row = self._row(secret)
        return None if row is None else _session(row)

    def fits(self, secret: str, user: UserAccess) -> bool:
        """Whether the user is still who opened the session."""
        row = self._row(secret)
        return row is not None and row["stamp"] == stamp_of(user) and row["username"] == user.username

    def seen(self, secret: str, now: datetime) -> None:
        """Its user did something."""
        self._set(secret, seen_at=now)

    def restamp(self, secret: str, user: UserAccess) -> None:
        """Go on although the user's password is another now: they changed it here."""
        self._set(secret, stamp=stamp_of(user))

    def hand_over(self, old: str, new: str) -> None:
        """Give what was typed, and told, to the session that follows, if it is the same user's; the old one ends."""
        before, after = self._row(old), self._row(new)
        if before is not None and after is not None and before["username"] == after["username"]:
            kept = {name: before[name] for name in ("carried", "carried_to", "notices")}
            self._set(new, **kept)
        self.close(old)

    def close(self, secret: str) -> None:
        """End one by its secret."""
        self._connection.execute(delete(self._table).where(self._table.c.hash == session_hash(secret)))

    def close_listed(self, username: str, session_id: str) -> bool:
        """End the one of this user that a list of theirs names so; whether there was one."""
        where = (self._table.c.username == username) & (self._table.c.id == session_id)
        return self._connection.execute(delete(self._table).where(where)).rowcount == 1

    def close_others(self, username: str, but: str | None) -> None:
        """End all of a user, but for the one of this secret."""
        where = self._table.c.username == username
        if but is not None:
            where &= self._table.c.hash != session_hash(but)
        self._connection.execute(delete(self._table).where(where))

    def of(self, user: UserAccess, now: datetime) -> list[Session]:
        """Those of a user that are open, the last used first."""
        where = (self._table.c.username == user.username) & (self._table.c.stamp == stamp_of(user))
        rows = self._connection.execute(select(self._table).where(where).order_by(self._table.c.seen_at.desc())).mappings()
        return [session for session in map(_session, rows) if session.stage is Stage.OPEN and not session.over(now)]

    def whose(self, now: datetime) -> frozenset[str]:
        """Whose sessions are open, as far as their time tells."""
        recent = select(self._table).where(self._table.c.seen_at > now - IDLE, self._table.c.stage == Stage.OPEN.value)
        sessions = map(_session, self._connection.execute(recent).mappings())
        return frozenset(session.username for session in sessions if not session.over(now))

    def tell(self, secret: str, notice: Notice) -> None:
        """Show a line on the next page."""
        row = self._row(secret)
        if row is not None:
            told = [*orjson.loads(row["notices"]), notice]
            self._set(secret, notices=orjson.dumps(told).decode())

    def told(self, secret: str) -> None:
        """The lines were shown."""
        self._set(secret, notices="[]")

    def carry(self, secret: str, path: str, sealed: bytes) -> None:
        """Keep what was typed until its form is shown again."""
        self._set(secret, carried=sealed, carried_to=path)

    def take_carried(self, secret: str, path: str) -> bytes | None:
        """What was typed into the form of this path; taken once."""
        row = self._row(secret)
        if row is None or row["carried"] is None or row["carried_to"] != path:
            return None
        self._set(secret, carried=None, carried_to=None)
        sealed: bytes = row["carried"]
        return sealed

    def sweep(self, now: datetime) -> None:
        """Delete what has been over for a day."""
        self._connection.execute(delete(self._table).where(self._table.c.seen_at < now - KEPT))

    def _row(self, secret: str) -> RowMapping | None:
        query = select(self._table).where(self._table.c.hash == session_hash(secret))
        return self._connection.execute(query).mappings().one_or_none()

    def _set(self, secret: str, **values: object) -> None:
        self._connection.execute(update(self._table).where(self._table.c.hash == session_hash(secret)).values(values))


def _session(row: RowMapping) -> Session:
    return Session(
        row["id"],
        row["username"],
        Stage(row["stage"]),
        row["opened_at"],
        row["seen_at"],
        row["browser"],
        tuple(Notice(**told) for told in orjson.loads(row["notices"])),
        row["carried_to"],
    )
