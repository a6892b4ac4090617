"""The second step of a sign-in: a code of the user's telephone (TOTP, RFC 6238), or one of ten recovery codes.

Kept at the hub alone: secrets sealed with the node's local key, recovery codes as keyed hashes. A code is good once,
also when it is typed twice at the same moment.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    RowMapping,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from shared.persistence.columns import Moment
from shared.persistence.perform import Seals
from shared.security.identities import Role
from shared.security.page_secrets import PageSecrets

STEP = 30
"""Seconds that one code is shown; the one before and the one after are taken too, clocks being what they are."""
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letter that is read as another (i, l, o) nor the digits they are read as."""
_GROUPS, _GROUP = 3, 4
"""Twelve characters: 59 bits."""

NEEDED_BY = frozenset({Role.OFFICER, Role.DEPUTY, Role.MANAGER, Role.COORDINATOR, Role.ADMIN})
"""Who sees personal data at the hub (a coordinator once a referral is escalated), or may let others see it."""


@dataclass(frozen=True)
class SecondStepTables:
    """``second_factors`` and ``recovery_codes``."""

    factors: Table
    codes: Table


def second_step_tables(metadata: MetaData) -> SecondStepTables:
    """One factor per user; it counts once ``confirmed_at`` is set. ``last_step`` is that of the last code taken."""
    factors = Table(
        "second_factors",
        metadata,
        Column("username", String(100), primary_key=True),
        Column("sealed", LargeBinary, nullable=False),
        Column("begun_at", Moment, nullable=False),
        Column("confirmed_at", Moment),
        Column("last_step", BigInteger),
    )
    codes = Table(
        "recovery_codes",
        metadata,
        Column("hash", String(64), primary_key=True),
        Column("username", String(100), nullable=False, index=True),
        Column("used_at", Moment),
    )
    return SecondStepTables(factors, codes)


class SecondStep:
    """The second factors of a hub; each call is given the open transaction."""

    def __init__(self, tables: SecondStepTables, *, seals: Seals, secrets: PageSecrets, issuer: str) -> None:
        self._factors = tables.factors
        self._codes = tables.codes
        self._seals = seals
        self._secrets = secrets
        self._issuer = issuer

    def is_set(self, connection: Connection, username: str) -> bool:
        """Whether this user has one that counts."""
        row = self._row(connection, username)
        return row is not None and row["confirmed_at"] is not None

    def begin(self, connection: Connection, username: str, now: datetime) -> str:
        """The secret of a factor to be confirmed; the same until it is."""
        row = self._row(connection, username)
        if row is not None and row["confirmed_at"] is None:
            return self._secret(row)
        self.reset(connection, username)
        secret = pyotp.random_base32()
        values = {"username": username, "sealed": self._seals.seal_local(secret.encode()), "begun_at": now}
        connection.execute(insert(self._factors).values(values))
        return secret

    def address(self, username: str, secret: str) -> str:
        """What the QR code of the enrolment says to the telephone."""
        return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=self._issuer)

    def confirm(self, connection: Connection, username: str, code: str, now: datetime) -> tuple[str, ...] | None:
        """The first code of a new factor: it counts from now on. Its recovery codes, or None for a wrong code."""
        row = self._row(connection, username)
        if row is None or row["confirmed_at"] is not None or not self._take(connection, row, code, now):
            return None
        connection.execute(update(self._factors).where(self._factors.c.username == username).values(confirmed_at=now))
        return self.new_recovery_codes(connection, username)

    def accept(self, connection: Connection, username: str, code: str, now: datetime) -> bool:
        """Whether this is a code of the user, taken now; the same one is not taken again."""
        row = self._row(connection, username)
        if row is None or row["confirmed_at"] is None:
            return False
        return self._take(connection, row, code, now) or self._recover(connection, username, code, now)

    def new_recovery_codes(self, connection: Connection, username: str) -> tuple[str, ...]:
        """Ten new ones; the old ones open nothing any more. Shown once."""
        connection.execute(delete(self._codes).where(self._codes.c.username == username))
        codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
        rows = [{"hash": self._hash(username, code), "username": username} for code in codes]
        connection.execute(insert(self._codes), rows)
        return codes

    def recovery_left(self, connection: Connection, username: str) -> int:
        """How many were not used yet."""
        unused = (self._codes.c.username == username) & self._codes.c.used_at.is_(None)
        return connection.execute(select(func.count()).select_from(self._codes).where(unused)).scalar_one()

    def reset(self, connection: Connection, username: str) -> None:
        """The user has none any more."""
        forget_second_step(connection, SecondStepTables(self._factors, self._codes), username)

    def _take(self, connection: Connection, row: RowMapping, code: str, now: datetime) -> bool:
        step = _step_of(self._secret(row), code, now)
        if step is None:
            return False
        factors = self._factors
        unused = or_(factors.c.last_step.is_(None), factors.c.last_step < step)
        where = (factors.c.username == row["username"]) & unused
        return connection.execute(update(factors).where(where).values(last_step=step)).rowcount == 1

    def _recover(self, connection: Connection, username: str, code: str, now: datetime) -> bool:
        where = (self._codes.c.hash == self._hash(username, code)) & self._codes.c.used_at.is_(None)
        return connection.execute(update(self._codes).where(where).values(used_at=now)).rowcount == 1

    def _hash(self, username: str, code: str) -> str:
        plain = "".join(character for character in code.lower() if character in _ALPHABET)
        return self._secrets.tag("recovery", username, plain)

    def _secret(self, row: RowMapping) -> str:
        return self._seals.open_local(row["sealed"]).decode()

    def _row(self, connection: Connection, username: str) -> RowMapping | None:
        query = select(self._factors).where(self._factors.c.username == username)
        return connection.execute(query).mappings().one_or_none()


def forget_second_step(connection: Connection, tables: SecondStepTables, username: str) -> None:
    """A user's second step and recovery codes are gone."""
    for table in (tables.factors, tables.codes):
        connection.execute(delete(table).where(table.c.username == username))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which step's code this is, of the three that are taken; all are compared, in constant time."""
    digits = "".join(code.split())
    present = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    found = [
        step
        for step in (present - 1, present, present + 1)
        if secrets.compare_digest(totp.generate_otp(step).encode(), digits.encode())
    ]
    return found[-1] if found else None


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
