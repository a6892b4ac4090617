"""The tables of this service, and the shared ones that it keeps in its own database."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, UniqueConstraint

from shared.messaging.tables import messaging_tables
from shared.persistence.columns import Moment
from shared.persistence.perform import idempotency_table
from shared.security.access_tables import access_tables
from shared.security.audit import audit_table
from shared.security.entrance import entrance_tables

metadata = MetaData()
messaging = messaging_tables(metadata)
access = access_tables(metadata)
entrance = entrance_tables(metadata)
audit = audit_table(metadata)
idempotency_keys = idempotency_table(metadata)

ledger = Table(
    "notifications",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("event_id", String(100), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("audience", String(40), nullable=False),
    Column("message", String(60), nullable=False),
    Column("urgency", String(20), nullable=False),
    Column("language", String(20), nullable=False),
    Column("referral_id", String(100)),
    Column("case_id", String(100)),
    Column("window", String(100)),
    Column("institution", String(100)),
    Column("version", Integer, nullable=False),
    Column("batch", String(200)),
    Column("count", Integer, nullable=False),
    Column("asks", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", String(40)),
    Column("attempts", Integer, nullable=False),
    Column("unsure", Integer, nullable=False),
    Column("fault", String(40)),
    Column("next_attempt_at", Moment),
    Column("leased_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("event_id", "recipient", "channel", name="one_per_event_recipient_channel"),
)
Index("ledger_of_referral", ledger.c.referral_id, ledger.c.recipient)  # who was told of it; GET ?referral_id=
Index("ledger_of_recipient", ledger.c.recipient, ledger.c.id)  # what a user was told
Index("ledger_by_status", ledger.c.status, ledger.c.id)  # GET ?status=, counts of /metrics
Index(  # what is due: the delivery loop asks this every second
    "ledger_due",
    ledger.c.next_attempt_at,
    sqlite_where=ledger.c.status == "pending",
    postgresql_where=ledger.c.status == "pending",
)

referrals = Table(
    "referrals_known",
    metadata,
    Column("referral_id", String(100), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("silenced", Integer, nullable=False),
)

summaries = Table(
    "batch_summaries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("batch", String(200), nullable=False),
    Column("institution", String(100), nullable=False),
    Column("window", String(100), nullable=False),
    Column("count", Integer, nullable=False),
    Column("urgency", String(20), nullable=False),
    Column("by", String(200), nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("told_at", Moment, index=True),  # the loop asks for those not told
    UniqueConstraint("batch", "institution", name="one_per_batch_and_institution"),
)

choices = Table(
    "subscriptions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("username", String(200), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("username", "channel", name="one_per_user_and_channel"),
)

choice_messages = Table(
    "subscription_messages",
    metadata,
    Column("subscription_id", String(36), ForeignKey(choices.c.id, ondelete="CASCADE"), primary_key=True),
    Column("message", String(60), primary_key=True),
)
