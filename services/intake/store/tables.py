"""Every table of a window. What is personal stands in ``sealed`` columns alone."""

from dataclasses import dataclass

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from shared.messaging.held import held_table
from shared.messaging.tables import MessagingTables, messaging_tables
from shared.persistence.columns import Moment
from shared.persistence.perform import idempotency_table
from shared.security.access_tables import AccessTables, access_tables
from shared.security.audit import audit_table
from shared.security.entrance import EntranceTables, entrance_tables

ID = 100
"""Characters of an id or user name."""
CODE = 40
"""Characters of one of our codes."""


@dataclass(frozen=True)
class Tables:
    """The tables of one window's database; made once by the wiring."""

    metadata: MetaData
    counters: Table
    cases: Table
    case_log: Table
    alike: Table
    refusals: Table
    referrals: Table
    routings: Table
    asks: Table
    todos: Table
    follow_ups: Table
    feedback: Table
    telling_queue: Table
    held_queue: Table
    drafts: Table
    claim_asks: Table
    visits: Table
    trainings: Table
    training_participants: Table
    directories: Table
    imports: Table
    import_refusals: Table
    held: Table
    messaging: MessagingTables
    access: AccessTables
    entrance: EntranceTables
    audit: Table
    idempotency: Table


def window_tables() -> Tables:
    """Declare all of them on a metadata of their own."""
    metadata = MetaData()
    return Tables(
        metadata=metadata,
        counters=Table(
            "counters",
            metadata,
            Column("name", String(CODE), primary_key=True),
            Column("value", Integer, nullable=False),
        ),
        cases=_cases(metadata),
        case_log=_case_log(metadata),
        alike=_alike(metadata),
        refusals=_refusals(metadata),
        referrals=_referrals(metadata),
        routings=_routings(metadata),
        asks=_asks(metadata),
        todos=_todos(metadata),
        follow_ups=_follow_ups(metadata),
        feedback=_feedback(metadata),
        telling_queue=Table("telling_queue", metadata, Column("case_id", String(ID), primary_key=True)),
        held_queue=Table("held_queue", metadata, Column("referral_id", String(ID), primary_key=True)),
        drafts=_drafts(metadata),
        claim_asks=_claim_asks(metadata),
        visits=_visits(metadata),
        trainings=_trainings(metadata),
        training_participants=_training_participants(metadata),
        directories=_directories(metadata),
        imports=_imports(metadata),
        import_refusals=_import_refusals(metadata),
        held=held_table(metadata),
        messaging=messaging_tables(metadata),
        access=access_tables(metadata),
        entrance=entrance_tables(metadata),
        audit=audit_table(metadata),
        idempotency=idempotency_table(metadata),
    )


def _cases(metadata: MetaData) -> Table:
    """Cases as they stand; ``sealed`` holds details, consents and closing under the person's key."""
    table = Table(
        "cases",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("number", Integer, nullable=False, unique=True),
        Column("code", String(CODE), nullable=False, unique=True),
        Column("person_id", String(ID), nullable=False, index=True),
        Column("status", String(CODE), nullable=False),
        Column("incarnation", Integer, nullable=False),
        Column("version", Integer, nullable=False),
        Column("details_version", Integer, nullable=False),
        Column("told", Boolean, nullable=False),
        Column("told_incarnation", Integer, nullable=False),
        Column("told_version", Integer, nullable=False),
        Column("hold", String(CODE)),
        Column("registered_at", Moment, nullable=False),
        Column("registered_by", String(ID), nullable=False),
        Column("responsible", String(ID), index=True),  # whose case it is at the window; nobody's of a file
        Column("batch", String(ID), index=True),
        Column("lapses_on", Date, index=True),  # whose consent has run out since it was judged
        # rises with every change of any case: the index in memory reads what lies above the last it saw
        Column("change", Integer, nullable=False, unique=True),
        Column("claim", String(CODE), index=True),  # keyed hash of the slip's claim code, to look it up by
        Column("sealed", LargeBinary, nullable=False),
    )
    # the digest reads nothing else
    Index("ix_cases_told", table.c.told, table.c.id, table.c.told_incarnation, table.c.told_version)
    return table


def _case_log(metadata: MetaData) -> Table:
    """The timeline: codes, times and users."""
    return Table(
        "case_log",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("case_id", String(ID), nullable=False, index=True),
        Column("version", Integer, nullable=False),
        Column("at", Moment, nullable=False),
        Column("what", String(CODE), nullable=False),
        Column("by", String(ID), nullable=False),
    )


def _alike(metadata: MetaData) -> Table:
    """Likely duplicates that an import met; ``reasons`` are codes, space between."""
    return Table(
        "alike",
        metadata,
        Column("case_id", String(ID), primary_key=True),
        Column("other_id", String(ID), primary_key=True),
        Column("score", Integer, nullable=False),
        Column("reasons", String(200), nullable=False),
        Column("line", Integer, nullable=False),
    )


def _refusals(metadata: MetaData) -> Table:
    """What the hub refuses now; ``sealed`` (for this node) holds the fields and messages."""
    return Table(
        "refusals",
        metadata,
        Column("case_id", String(ID), primary_key=True),
        Column("at", Moment, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )


def _referrals(metadata: MetaData) -> Table:
    """Referrals as the hub last told them, whole in ``sealed``; state and punctuality in clear, to be counted and filtered."""
    return Table(
        "referrals",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("case_id", String(ID), nullable=False, index=True),
        Column("person_id", String(ID), nullable=False),
        Column("version", Integer, nullable=False),
        Column("status", String(CODE), index=True),
        Column("in_time", Boolean),  # whether the institution accepted or declined by its deadline; null before it did
        Column("sealed", LargeBinary, nullable=False),
    )


def _routings(metadata: MetaData) -> Table:
    """What routing last decided about each case."""
    return Table(
        "routings",
        metadata,
        Column("case_id", String(ID), primary_key=True),
        Column("person_id", String(ID), nullable=False),
        Column("incarnation", Integer, nullable=False),
        Column("case_version", Integer, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )


def _asks(metadata: MetaData) -> Table:
    """What was asked of the hub, and its answer."""
    return Table(
        "asks",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("case_id", String(ID), nullable=False, index=True),
        Column("person_id", String(ID), nullable=False),
        Column("asked_at", Moment, nullable=False),
        Column("answered_at", Moment),
        Column("refused", Boolean),
        Column("answer", LargeBinary),  # why it was refused, sealed for this node
        Column("sealed", LargeBinary, nullable=False),
    )


def _todos(metadata: MetaData) -> Table:
    """What waits in each case, from ``since`` on, before ``until``; codes and ids only. ``about``: a referral, a follow-up, or empty."""
    return Table(
        "todos",
        metadata,
        Column("case_id", String(ID), primary_key=True),
        Column("task", String(CODE), primary_key=True),
        Column("about", String(ID), primary_key=True),
        Column("since", Moment, nullable=False, index=True),  # the list, what has waited longest first
        Column("until", Moment),
    )


def _follow_ups(metadata: MetaData) -> Table:
    """When somebody means to ask how it went; ``sealed`` (under the person's key) holds what is to be asked."""
    return Table(
        "follow_ups",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("case_id", String(ID), nullable=False, index=True),
        Column("person_id", String(ID), nullable=False),
        Column("due_on", Date, nullable=False),
        Column("set_at", Moment, nullable=False),
        Column("set_by", String(ID), nullable=False),
        Column("done_at", Moment),
        Column("done_by", String(ID)),
        Column("sealed", LargeBinary, nullable=False),
    )


def _feedback(metadata: MetaData) -> Table:
    """What persons answered about how they were attended: counts by month, so that no answer is anybody's."""
    return Table(
        "feedback",
        metadata,
        Column("month", Date, primary_key=True),
        Column("question", String(CODE), primary_key=True),
        Column("answer", String(CODE), primary_key=True),
        Column("count", Integer, nullable=False),
    )


def _drafts(metadata: MetaData) -> Table:
    """Forms not yet sent; sealed for this node, since there is no person yet."""
    return Table(
        "drafts",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("saved_by", String(ID), nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("updated_at", Moment, nullable=False, index=True),  # the list, newest first
        Column("sealed", LargeBinary, nullable=False),
    )


def _claim_asks(metadata: MetaData) -> Table:
    """What was asked about slips of other windows, by the keyed hash of the code; ``sealed`` (for this node) holds it."""
    return Table(
        "claim_asks",
        metadata,
        Column("claim", String(CODE), primary_key=True),
        Column("ask_id", String(36), nullable=False, unique=True),
        Column("asked_at", Moment, nullable=False),
        Column("answered_at", Moment),
        Column("status", String(CODE)),
        Column("sealed", LargeBinary, nullable=False),
    )


def _visits(metadata: MetaData) -> Table:
    """Anonymous visits: nothing of a person is in them. ``topics`` are codes, space between."""
    return Table(
        "visits",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("occurred_on", Date, nullable=False),
        Column("topics", String(400), nullable=False),
        Column("directory_version", String(200)),
        Column("situation", String(CODE)),
        Column("sex", String(CODE)),
        Column("age_band", String(CODE)),
        Column("guidance_version", String(CODE)),
        Column("recorded_at", Moment, nullable=False),
        Column("recorded_by", String(ID), nullable=False),
    )


def _trainings(metadata: MetaData) -> Table:
    """Training sessions. ``sealed`` (for this node) holds place, trainers and institution; counts are empty beside a list."""
    return Table(
        "trainings",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("held_on", Date, nullable=False, index=True),  # the list, latest first
        Column("audience", String(CODE), nullable=False),
        Column("topics", String(400), nullable=False),
        Column("women", Integer),
        Column("men", Integer),
        Column("others", Integer),
        Column("version", Integer, nullable=False),
        Column("registered_at", Moment, nullable=False),
        Column("registered_by", String(ID), nullable=False),
        Column("closed_at", Moment),
        Column("sealed", LargeBinary, nullable=False),
    )


def _training_participants(metadata: MetaData) -> Table:
    """Who is on a session's list; ``sealed`` (for this node) holds the name of whoever allowed it."""
    return Table(
        "training_participants",
        metadata,
        Column("id", String(36), primary_key=True),
        Column("training_id", String(36), ForeignKey("trainings.id"), nullable=False, index=True),
        Column("number", Integer, nullable=False),  # where on the list
        Column("sex", String(CODE), nullable=False),
        Column("attended", Boolean, nullable=False),
        Column("sealed", LargeBinary),
    )


def _directories(metadata: MetaData) -> Table:
    """The directory and rules in force: one row."""
    return Table(
        "directories",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("version", String(200), nullable=False),
        Column("published_at", Moment, nullable=False),
        Column("body", Text, nullable=False),
    )


def _imports(metadata: MetaData) -> Table:
    """How far each file was taken, by the digest of its bytes."""
    return Table(
        "imports",
        metadata,
        Column("digest", String(64), primary_key=True),
        Column("batch", String(ID), nullable=False),
        Column("through", Integer, nullable=False),
        Column("begun_at", Moment, nullable=False),
    )


def _import_refusals(metadata: MetaData) -> Table:
    """Lines that were refused, so that the refused file can always be written whole. No values of the line.

    Fields and reasons are separated by the character U+001F.
    """
    return Table(
        "import_refusals",
        metadata,
        Column("digest", String(64), ForeignKey("imports.digest"), primary_key=True),
        Column("line", Integer, primary_key=True),
        Column("fields", Text, nullable=False),
        Column("reasons", LargeBinary, nullable=False),  # sealed for this node: a message may quote the line
    )
