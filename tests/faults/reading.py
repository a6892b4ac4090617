"""Reads what everybody holds from the databases themselves, past every service."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from services.intake.store.tables import window_tables
from services.notifications.store import tables as notifications_tables
from services.referrals.store.tables import hub_tables
from shared.contracts.addresses import Address
from shared.messaging.tables import MessagingTables
from shared.persistence.engine import open_database
from tests.drivers.deployed import WINDOWS
from tests.drivers.network import NODE
from tests.faults.journal import Journal, Kind, Outcome
from tests.faults.stage import Stage
from tests.faults.views import (
    Entry,
    Everything,
    Heard,
    Hub,
    HubCase,
    Letter,
    Notice,
    Notifications,
    Party,
    Position,
    Referral,
    Said,
    Window,
    WindowCase,
)


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """One consistent read of a database."""
    database = open_database(url)
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()


def read_everything(stage: Stage, journal: Journal) -> Everything:
    """All parties, one after the other: to be called when nothing moves any more."""
    urls = stage.database_urls
    known = {one.subject: one.operation for one in journal.of(Kind.REGISTER, Outcome.DONE)}
    windows = {}
    for name in WINDOWS:
        def operation(case_id: str, name: str = name) -> str:
            return known.get(case_id) or str(stage.window(name).sees(case_id).get("paper_code"))

        with reading(urls[name]) as connection:
            windows[name] = read_window(connection, name, operation)
    with reading(urls["referrals"]) as connection:
        hub = read_hub(connection)
    with reading(urls["notifications"]) as connection:
        notifications = read_notifications(connection)
    return Everything(windows, hub, notifications, mails_in(stage))


def read_window(connection: Connection, name: str, operation: Callable[[str], str]) -> Window:
    """One window."""
    tables = window_tables()
    c = tables.cases.c
    rows = connection.execute(
        select(c.id, c.person_id, c.incarnation, c.version, c.details_version, c.told, c.hold, c.batch.is_not(None))
    )
    cases = {row[0]: WindowCase(*row) for row in rows}
    referrals = tables.referrals.c
    return Window(
        party=_party(connection, tables.messaging, Address.window(NODE, name)),
        cases=cases,
        referrals={row[0]: row[1] for row in connection.execute(select(referrals.id, referrals.version))},
        visits=frozenset(connection.execute(select(tables.visits.c.id)).scalars()),
        operations={one.id: operation(one.id) for one in cases.values() if not one.imported},
    )


def read_hub(connection: Connection) -> Hub:
    """The hub."""
    tables = hub_tables()
    c, r, h, o = tables.cases.c, tables.referrals.c, tables.history.c, tables.open_needs.c
    cases = connection.execute(select(c.id, c.window, c.incarnation, c.version, c.withdrawn, c.arrived_at))
    referrals = connection.execute(
        select(r.id, r.case_id, r.window, r.person_id, r.institution, r.needs, r.status, r.version, r.origin, r.batch)
    )
    return Hub(
        party=_party(connection, tables.messaging, Address.hub(NODE)),
        cases={row[0]: HubCase(*row) for row in cases},
        referrals={row[0]: Referral(*row[:5], frozenset(row[5].split()), *row[6:]) for row in referrals},
        history=[Entry(*row) for row in connection.execute(select(h.id, h.referral_id, h.change))],
        open_needs={
            (row[0], row[1], row[2]): row[3]
            for row in connection.execute(select(o.person_id, o.institution, o.need, o.referral_id))
        },
        visits=frozenset(connection.execute(select(tables.visits.c.id)).scalars()),
        refused=frozenset(connection.execute(select(tables.refusals.c.case_id)).scalars()),
    )


def read_notifications(connection: Connection) -> Notifications:
    """Notifications."""
    n, known = notifications_tables.ledger.c, notifications_tables.referrals.c
    rows = connection.execute(
        select(
            n.id, n.event_id, n.recipient, n.channel, n.referral_id, n.message, n.status, n.unsure, n.batch, n.institution
        )
    )
    return Notifications(
        party=_party(connection, notifications_tables.messaging, Address.notifications(NODE)),
        notices=[Notice(*row) for row in rows],
        known={row[0]: row[1] for row in connection.execute(select(known.referral_id, known.version))},
    )


def mails_in(stage: Stage) -> Counter[str]:
    """How many mails came of each line of the ledger."""
    lines = stage.mails.read_text().splitlines() if stage.mails.exists() else []
    ids = (json.loads(line)["headers"]["Message-ID"] for line in lines if line.strip())
    return Counter(one.strip("<>").partition("@")[0] for one in ids)


def open_rows(stage: Stage, journal: Journal) -> dict[str, int]:
    """How many rows each party has still to bring home, and how much poison nobody has buried: empty when all is drained."""
    messaging = {
        **{name: window_tables().messaging for name in WINDOWS},
        "referrals": hub_tables().messaging,
        "notifications": notifications_tables.messaging,
    }
    found = {}
    for name, tables in messaging.items():
        outbox = tables.outbox.c
        with reading(stage.database_urls[name]) as connection:
            rows = connection.execute(
                select(outbox.id).where(outbox.sequenced.is_(True), outbox.settled_at.is_(None))
            ).all()
            if name == "notifications":
                ledger = notifications_tables.ledger.c
                rows = [*rows, *connection.execute(select(ledger.id).where(ledger.status == "pending"))]
        if rows:
            found[name] = len(rows)
    unburied = {planted.digest for planted in journal.planted} - buried(stage)
    return {**found, "poison": len(unburied)} if unburied else found


def buried(stage: Stage) -> set[str]:
    """The digests of the hub's dead letters."""
    letters = hub_tables().messaging.dead_letters
    with reading(stage.database_urls["referrals"]) as connection:
        return set(connection.execute(select(letters.c.digest)).scalars())


def hub_versions(stage: Stage) -> dict[str, tuple[int, int]]:
    """The version of every case at the hub, now."""
    c = hub_tables().cases.c
    with reading(stage.database_urls["referrals"]) as connection:
        return {row[0]: (row[1], row[2]) for row in connection.execute(select(c.id, c.incarnation, c.version))}


def _party(connection: Connection, tables: MessagingTables, me: Address) -> Party:
    o, i, p, d = tables.outbox.c, tables.inbox.c, tables.positions.c, tables.dead_letters.c
    said = connection.execute(
        select(
            o.id, o.destination, o.type, o.subject, o.version, o.epoch, o.sequence, o.sequenced,
            o.sent_at.is_not(None), o.settled_at.is_not(None), o.problem,
        )
    )
    state = tables.node_state.c
    return Party(
        key=me.key,
        source=me.source,
        epoch=str(connection.execute(select(state.value).where(state.name == "epoch")).scalar_one()),
        said=[Said(*row) for row in said],
        heard=[Heard(*row) for row in connection.execute(select(i.id, i.source, i.source_epoch, i.sequence))],
        positions=[
            Position(row[0], row[1], row[2], json.loads(row[3]) != [])
            for row in connection.execute(select(p.source, p.source_epoch, p.through, p.ahead))
        ],
        letters=[
            Letter(hashlib.sha256(bytes(row[0])).hexdigest(), row[1], row[2], row[3])
            for row in connection.execute(select(d.body, d.reason, d.event_id, d.count))
        ],
    )
