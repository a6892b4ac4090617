"""What a restored hub keeps until it goes on (decision 5), and what goes back to a window that lost its database."""

from sqlalchemy import JSON, BigInteger, Column, LargeBinary, MetaData, String, Table

from services.referrals.store.columns import CODE, ID


def held_table(metadata: MetaData) -> Table:
    """After a restore: referrals as their windows hold them, until they are taken back (sealed for their persons)."""
    return Table(
        "held",
        metadata,
        Column("referral_id", String(ID), primary_key=True),
        Column("case_id", String(ID), nullable=False),
        Column("person_id", String(ID), nullable=False, index=True),  # all of one person are taken back together
        Column("window", String(CODE), nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )


def unrouted_table(metadata: MetaData) -> Table:
    """After a restore: cases that were told meanwhile, and how they stood before; routed when their windows are done."""
    return Table(
        "unrouted",
        metadata,
        Column("case_id", String(ID), primary_key=True),
        Column("window", String(CODE), nullable=False),
        Column("before", JSON, nullable=False),
    )


def waiting_asks_table(metadata: MetaData) -> Table:
    """After a restore: what windows asked meanwhile; answered last. ``sealed`` for this node."""
    return Table(
        "waiting_asks",
        metadata,
        Column("ask_id", String(ID), primary_key=True),
        Column("window", String(CODE), nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )


def giving_back_table(metadata: MetaData) -> Table:
    """Cases that wait to be given back to their windows."""
    return Table("giving_back", metadata, Column("case_id", String(ID), primary_key=True))
