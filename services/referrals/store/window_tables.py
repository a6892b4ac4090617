"""What a hub keeps of its windows: how they stand, who of them may come in, and what they tell as numbers."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
)

from services.referrals.store.columns import CODE, ID
from shared.persistence.columns import Moment


def windows_table(metadata: MetaData) -> Table:
    """What is known of each window: its highest case number, and what its last heartbeat said."""
    return Table(
        "windows",
        metadata,
        Column("window", String(CODE), primary_key=True),
        Column("highest_code", BigInteger, nullable=False),
        Column("heard_at", Moment),
        Column("directory_version", String(200)),
        Column("outbox", Integer),
        Column("unreceipted", Integer),
        Column("compared_at", Moment),  # all its cases with ours
        Column("agrees", Boolean),  # whether they were the same
        Column("resync_asked_at", Moment),
        Column("older_life_at", Moment),  # when an older life of it was last heard: it was restored, and still runs elsewhere
    )


def doors_table(metadata: MetaData) -> Table:
    """Windows that were added by command (``place``), public keys that no trust file has, and who is suspended."""
    return Table(
        "doors",
        metadata,
        Column("window", String(CODE), primary_key=True),
        Column("place", JSON),
        Column("keys", JSON, nullable=False),
        Column("added_at", Moment, nullable=False),
        Column("suspended_at", Moment),
    )


def supervisors_table(metadata: MetaData) -> Table:
    """Who was a supervisor of which window, and when; ``until`` is empty while they are."""
    return Table(
        "supervisors",
        metadata,
        Column("username", String(CODE), primary_key=True),
        Column("since", Moment, primary_key=True),
        Column("window", String(CODE), nullable=False),
        Column("until", Moment),
    )


def visits_table(metadata: MetaData) -> Table:
    """Visits of people who only asked: anonymous, counted."""
    return Table(
        "visits",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("window", String(CODE), nullable=False),
        Column("occurred_on", Date, nullable=False),
        Column("topics", JSON, nullable=False),
        Column("directory_version", String(200)),
        Column("situation", String(40)),
        Column("sex", String(20)),
        Column("age_band", String(20)),
        Column("guidance_version", String(40)),
    )


def trainings_table(metadata: MetaData) -> Table:
    """Training sessions, in numbers."""
    return Table(
        "trainings",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("window", String(CODE), nullable=False),
        Column("held_on", Date, nullable=False),
        Column("audience", String(40), nullable=False),
        Column("topics", JSON, nullable=False),
        Column("women", Integer, nullable=False),
        Column("men", Integer, nullable=False),
        Column("others", Integer, nullable=False),
        Column("version", BigInteger, nullable=False, server_default="1"),  # the highest telling counts
    )
