"""The tables ``users`` and ``tokens``: who may sign in, and by what."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, String, Table

from shared.persistence.columns import Moment


@dataclass(frozen=True)
class AccessTables:
    """``users`` and ``tokens``."""

    users: Table
    tokens: Table


def access_tables(metadata: MetaData) -> AccessTables:
    """Declare both."""
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
        Column("must_change", Boolean, nullable=False),
        Column("sign_outs", Integer, nullable=False),
        Column("version", Integer, nullable=False),
        # the last change that the user made of their own account away from the hub; it is not told with the rest
        Column("own_change", BigInteger, nullable=False, default=0),
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
        Column("scope", String(10), nullable=False),
        Column("name", String(100), nullable=False),
    )
    return AccessTables(users, tokens)
