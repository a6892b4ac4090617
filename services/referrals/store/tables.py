"""Every table of a hub. What is personal stands in ``sealed`` columns alone, under the person's own key."""

from dataclasses import dataclass

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from services.referrals.store.columns import CODE, ID
from services.referrals.store.recovery_tables import (
    giving_back_table,
    held_table,
    unrouted_table,
    waiting_asks_table,
)
from services.referrals.store.window_tables import (
    doors_table,
    supervisors_table,
    trainings_table,
    visits_table,
    windows_table,
)
from shared.messaging.tables import MessagingTables, messaging_tables
from shared.persistence.columns import Moment
from shared.persistence.perform import idempotency_table
from shared.security.access_tables import AccessTables, access_tables
from shared.security.audit import audit_table
from shared.security.entrance import EntranceTables, entrance_tables
from shared.security.second_step import SecondStepTables, second_step_tables


@dataclass(frozen=True)
class Tables:
    """The tables of one hub; made once by the wiring."""

    metadata: MetaData
    cases: Table
    tombstones: Table
    decisions: Table
    referrals: Table
    history: Table
    open_needs: Table
    search_tokens: Table
    refusals: Table
    windows: Table
    doors: Table
    supervisors: Table
    visits: Table
    trainings: Table
    deliveries: Table
    held: Table
    unrouted: Table
    waiting_asks: Table
    giving_back: Table
    directory_changes: Table
    full_services: Table
    claim_looks: Table
    messaging: MessagingTables
    access: AccessTables
    entrance: EntranceTables
    second_step: SecondStepTables
    audit: Table
    idempotency: Table


def hub_tables() -> Tables:
    """Declare all of them on a metadata of their own."""
    metadata = MetaData()
    return Tables(
        metadata=metadata,
        cases=_cases(metadata),
        tombstones=_tombstones(metadata),
        decisions=_decisions(metadata),
        referrals=_referrals(metadata),
        history=_history(metadata),
        open_needs=_open_needs(metadata),
        search_tokens=_search_tokens(metadata),
        refusals=_refusals(metadata),
        windows=windows_table(metadata),
        doors=doors_table(metadata),
        supervisors=supervisors_table(metadata),
        visits=visits_table(metadata),
        trainings=trainings_table(metadata),
        deliveries=_deliveries(metadata),
        held=held_table(metadata),
        unrouted=unrouted_table(metadata),
        waiting_asks=waiting_asks_table(metadata),
        giving_back=giving_back_table(metadata),
        directory_changes=_directory_changes(metadata),
        full_services=_full_services(metadata),
        claim_looks=_claim_looks(metadata),
        messaging=messaging_tables(metadata),
        access=access_tables(metadata),
        entrance=entrance_tables(metadata),
        second_step=second_step_tables(metadata),
        audit=audit_table(metadata),
        idempotency=idempotency_table(metadata),
    )


def _cases(metadata: MetaData) -> Table:
    """Cases as last told. ``sealed`` holds the details; the JSON columns only ids and codes."""
    table = Table(
        "cases",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("window", String(CODE), nullable=False),
        Column("code", String(20), nullable=False),
        Column("number", BigInteger, nullable=False),
        Column("person_id", String(ID), nullable=False),
        Column("consent_id", String(ID), nullable=False),
        Column("incarnation", Integer, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("registered_at", Moment, nullable=False),
        Column("arrived_at", Moment, nullable=False),
        Column("consent_since", Moment, nullable=False),
        Column("batch", String(200)),
        Column("closed_at", Moment),
        Column("close_reason", String(40)),
        Column("withdrawn", Boolean, nullable=False),
        Column("told_incarnation", Integer, nullable=False),
        Column("told_version", BigInteger, nullable=False),
        Column("recovering", Boolean, nullable=False),
        Column("lapses_on", Date),
        Column("lapse_told", Boolean, nullable=False),
        Column("named", JSON, nullable=False),
        Column("reached", JSON, nullable=False),
        Column("fired", JSON, nullable=False),
        Column("blocks", JSON, nullable=False),
        Column("claim", String(CODE), index=True),  # keyed hash of the slip's claim code, to look it up by
        Column("sealed", LargeBinary, nullable=False),
    )
    Index("ix_cases_person", table.c.person_id)  # the cases of one person
    Index("ix_cases_code", table.c.code)  # whether another case has a code
    # a window's digest reads nothing else; what is given back to it
    Index("ix_cases_window", table.c.window, table.c.id, table.c.told_incarnation, table.c.told_version)
    Index("ix_cases_lapses", table.c.lapse_told, table.c.lapses_on)  # whose consent has run out and nobody was told
    return table


def _tombstones(metadata: MetaData) -> Table:
    """What is final whatever comes later or again: consents taken back, cases closed. Ids only."""
    return Table(
        "tombstones",
        metadata,
        Column("kind", String(30), primary_key=True),
        Column("id", String(ID), primary_key=True),
        Column("reason", String(40)),
        Column("at", Moment, nullable=False),
    )


def _decisions(metadata: MetaData) -> Table:
    """What routing decided about each version, with the rules that fired; ``sealed``: reasons name protected needs."""
    return Table(
        "decisions",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("case_id", String(ID), nullable=False, index=True),  # a case's decisions
        Column("incarnation", Integer, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("rules_version", String(100), nullable=False),
        Column("urgency", String(20), nullable=False),
        Column("decided_at", Moment, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )


def _referrals(metadata: MetaData) -> Table:
    """``needs`` are codes between spaces; ``sealed`` holds the appointment, the institution's own number and its duty."""
    table = Table(
        "referrals",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("case_id", String(ID), nullable=False),
        Column("case_code", String(20), nullable=False),
        Column("person_id", String(ID), nullable=False),
        Column("window", String(CODE), nullable=False),
        Column("institution", String(CODE), nullable=False),
        Column("status", String(20), nullable=False),
        Column("urgency", String(20), nullable=False),
        Column("urgency_rank", Integer, nullable=False),
        Column("needs", String(700), nullable=False),
        Column("reasons", JSON, nullable=False),
        Column("disclosure", String(20), nullable=False),
        Column("author", String(CODE), nullable=False),
        Column("origin", String(20), nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("desk_version", BigInteger, nullable=False),
        Column("batch", String(200)),
        Column("replaces", String(ID)),
        Column("hops", Integer, nullable=False),
        Column("created_at", Moment, nullable=False),
        Column("ack_due_at", Moment, nullable=False),
        Column("due_at", Moment, nullable=False),
        Column("received_at", Moment),
        Column("accepted_at", Moment),
        Column("accepted_by", String(CODE)),
        Column("ended_at", Moment),
        Column("stop_requested_at", Moment),
        Column("stop_reason", String(40)),
        Column("cancel_reason", String(40)),
        Column("access_ended", Boolean, nullable=False),
        Column("escalated", Boolean, nullable=False),
        Column("responsible", String(CODE)),
        Column("suggested_institution", String(CODE)),
        Column("outcome", String(40)),
        Column("service_delivered", Boolean),
        Column("need_met", String(20)),
        Column("review_on", Date),
        Column("erasure_asked_at", Moment),
        Column("erasure_answer", String(20)),
        Column("erasure_answered_at", Moment),
        Column("erasure_answered_by", String(CODE)),
        Column("sealed", LargeBinary, nullable=False),
    )
    Index("ix_referrals_case", table.c.case_id)  # the referrals of a case
    Index("ix_referrals_person", table.c.person_id)  # what a person has open
    Index("ix_referrals_desk", table.c.institution, table.c.status, table.c.created_at)  # a desk's list
    Index("ix_referrals_created", table.c.created_at, table.c.id)  # the coordinators' list
    Index("ix_referrals_stop", table.c.stop_requested_at)  # stop requests that nobody answered
    return table


def _history(metadata: MetaData) -> Table:
    """What happened to each referral, only ever added to; ``sealed`` holds the words."""
    table = Table(
        "referral_history",
        metadata,
        Column("id", String(ID), primary_key=True),
        Column("referral_id", String(ID), nullable=False),
        Column("at", Moment, nullable=False),
        Column("change", String(40), nullable=False),
        Column("by", String(CODE), nullable=False),
        Column("reason", String(40)),
        Column("sealed", LargeBinary),
    )
    Index("ix_history_referral", table.c.referral_id, table.c.id)  # one referral's history in order
    return table


def _open_needs(metadata: MetaData) -> Table:
    """No second open referral for the same person, institution and need: the key is the rule (domain.md)."""
    return Table(
        "open_needs",
        metadata,
        Column("person_id", String(ID), primary_key=True),
        Column("institution", String(CODE), primary_key=True),
        Column("need", String(40), primary_key=True),
        Column("referral_id", String(ID), nullable=False),
    )


def _search_tokens(metadata: MetaData) -> Table:
    """Keyed hashes of the words an institution may search by now: made at acceptance, gone when access ends."""
    table = Table(
        "search_tokens",
        metadata,
        Column("referral_id", String(ID), primary_key=True),
        Column("token", String(CODE), primary_key=True),
    )
    Index("ix_search_tokens", table.c.token)  # ``q``
    return table


def _refusals(metadata: MetaData) -> Table:
    """Cases that were not taken as they are, until their window changes them; messages without values."""
    return Table(
        "refusals",
        metadata,
        Column("case_id", String(ID), primary_key=True),
        Column("window", String(CODE), nullable=False, index=True),  # a receipt names all of a window
        Column("incarnation", Integer, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("errors", JSON, nullable=False),
        Column("at", Moment, nullable=False),
    )


def _deliveries(metadata: MetaData) -> Table:
    """What became of each message that notifications sent for a referral: the machine's delivery, not a person's."""
    return Table(
        "deliveries",
        metadata,
        Column("notification_id", String(ID), primary_key=True),
        Column("referral_id", String(ID), index=True),  # a referral's deliveries
        Column("channel", String(40), nullable=False),
        Column("delivered", Boolean, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("reason", String(200)),
        Column("at", Moment, nullable=False),
    )


def _directory_changes(metadata: MetaData) -> Table:
    """Services and places as institutions wrote them over the seeded files: every version; the newest of each holds."""
    return Table(
        "directory_changes",
        metadata,
        Column("kind", String(20), primary_key=True),
        Column("id", String(CODE), primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("institution", String(CODE), nullable=False),
        Column("body", JSON, nullable=False),
        Column("changed_by", String(CODE), nullable=False),
        Column("changed_at", Moment, nullable=False),
    )


def _full_services(metadata: MetaData) -> Table:
    """Who said that they have no room for what, and how long that is believed."""
    return Table(
        "full_services",
        metadata,
        Column("institution", String(CODE), primary_key=True),
        Column("need", String(40), primary_key=True),
        Column("since", Moment, nullable=False),
        Column("until", Moment, nullable=False),
    )


def _claim_looks(metadata: MetaData) -> Table:
    """How often claim codes were looked up on each day, and how many were none: counts alone, no code."""
    return Table(
        "claim_looks",
        metadata,
        Column("day", Date, primary_key=True),
        Column("looked", Integer, nullable=False),
        Column("unknown", Integer, nullable=False),
    )
