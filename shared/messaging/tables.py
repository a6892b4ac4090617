"""The tables that every service with messages has, on either database."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.persistence.columns import Moment

KEY = 120
"""Characters in an address' key (``sv.la-union``), an exchange, a type."""


@dataclass(frozen=True)
class MessagingTables:
    """What was said and heard, and how far."""

    outbox: Table
    streams: Table
    inbox: Table
    positions: Table
    dead_letters: Table
    node_state: Table


def messaging_tables(metadata: MetaData) -> MessagingTables:
    """Declare the tables on a service's metadata."""
    return MessagingTables(
        outbox=_outbox(metadata),
        streams=_streams(metadata),
        inbox=_inbox(metadata),
        positions=_positions(metadata),
        dead_letters=_dead_letters(metadata),
        node_state=Table(
            "node_state",
            metadata,
            Column("name", String(60), primary_key=True),
            Column("value", String(200), nullable=False),
        ),
    )


def _outbox(metadata: MetaData) -> Table:
    """What is to be said. ``due_at`` is the relay's queue: null means nothing to do, the future means leased or backed off."""
    outbox = Table(
        "outbox",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("destination", String(KEY), nullable=False),
        Column("exchange", String(KEY), nullable=False),
        Column("routing_key", String(250), nullable=False),
        Column("type", String(KEY), nullable=False),
        Column("schema_version", Integer, nullable=False),
        Column("subject", String(200), nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("time", Moment, nullable=False),
        Column("traceparent", String(100)),
        Column("body", Text),  # the sealed text, or JSON where it is for all; null once settled
        Column("sequenced", Boolean, nullable=False),
        Column("epoch", String(64)),  # of the sequence; both are given at the first lease
        Column("sequence", BigInteger),
        Column("due_at", Moment),
        Column("attempts", Integer, nullable=False),
        Column("problem", String(40)),  # why the last attempt failed; null when it did not
        Column("sent_at", Moment),  # the first ack of its own
        Column("settled_at", Moment),  # the destination has committed it
    )
    due, settled = outbox.c.due_at.is_not(None), outbox.c.settled_at.is_(None)
    # the relay's lease: what is due, oldest first
    Index("ix_outbox_due", outbox.c.due_at, outbox.c.id, sqlite_where=due, postgresql_where=due)
    # settling, resending, counting what has no receipt
    Index("ix_outbox_open", outbox.c.destination, outbox.c.sequence, sqlite_where=settled, postgresql_where=settled)
    # delivery_of: a case's unsettled rows
    Index("ix_outbox_subject", outbox.c.subject, sqlite_where=settled, postgresql_where=settled)
    return outbox


def _streams(metadata: MetaData) -> Table:
    """One row per destination: the sequence given so far, and what the destination told of itself."""
    return Table(
        "streams",
        metadata,
        Column("destination", String(KEY), primary_key=True),
        Column("epoch", String(64), nullable=False),
        Column("last_sequence", BigInteger, nullable=False),
        Column("through", BigInteger, nullable=False),
        Column("destination_epoch", String(64)),
        Column("told_at", Moment),  # by the teller's clock
        Column("heard_at", Moment),  # by ours: last contact
        Column("quiet_since", Moment, nullable=False),  # since when ``through`` has not moved
        Column("resends", Integer, nullable=False),  # since it moved
        # after a restore of ours, our epoch: to which it has told what it holds, and in which all of that was done
        Column("answered_epoch", String(64)),
        Column("recovered_epoch", String(64)),
    )


def _inbox(metadata: MetaData) -> Table:
    """What was taken, for at least 180 days: an id that is here is a duplicate."""
    return Table(
        "inbox",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("source", String(200), nullable=False),
        Column("source_epoch", String(64), nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("taken_at", Moment, nullable=False),
        # the same place in a stream with another id is a fork
        UniqueConstraint("source", "source_epoch", "sequence", name="uq_inbox_place"),
    )


def _positions(metadata: MetaData) -> Table:
    """How far each source's stream was committed; ``ahead`` are ranges above the first gap, as JSON."""
    return Table(
        "positions",
        metadata,
        Column("source", String(200), primary_key=True),
        Column("source_epoch", String(64), primary_key=True),
        Column("through", BigInteger, nullable=False),
        Column("ahead", Text, nullable=False),
        Column("heard_at", Moment, nullable=False),
    )


def _dead_letters(metadata: MetaData) -> Table:
    """What could not be understood, whole; the body is as sealed as it came. Kept 90 days."""
    table = Table(
        "dead_letters",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("digest", String(64), nullable=False),
        Column("reason", String(300), nullable=False),
        Column("source", String(200)),
        Column("event_id", String(36)),
        Column("type", String(KEY)),
        Column("subject", String(200)),
        Column("exchange", String(KEY), nullable=False),
        Column("routing_key", String(250), nullable=False),
        Column("user_id", String(KEY)),
        Column("headers", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("count", Integer, nullable=False),
        Column("first_at", Moment, nullable=False, index=True),  # the list, and the 90 days
        Column("last_at", Moment, nullable=False),
        Column("replayed_at", Moment),
        Column("discarded_at", Moment),  # by an operator, who has looked at it
        # the same bytes for the same reason are one letter, counted
        UniqueConstraint("digest", "reason", name="uq_dead_letters_digest"),
    )
    waiting = table.c.replayed_at.is_(None) & table.c.discarded_at.is_(None)
    # whose letters wait: asked after each batch, to tell who exists twice
    Index("ix_dead_letters_waiting", table.c.source, sqlite_where=waiting, postgresql_where=waiting)
    return table
