"""Where the cases of this window are on their way to the hub: one of them in words, all of them in numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from services.intake.domain.case import Delivery, delivery_of
from services.intake.domain.consent import Hold
from services.intake.store.tables import Tables
from shared.contracts.addresses import Address


@dataclass(frozen=True)
class Way:
    """What was sent of one case: since when something waits for the network, and the latest that left and was taken."""

    waiting_since: datetime | None
    sent_at: datetime | None
    received_at: datetime | None


def way_of(connection: Connection, tables: Tables, case_id: str, *, node: str) -> Way:
    """Of one case; all empty when nothing of it was ever to be sent."""
    outbox = tables.messaging.outbox
    mine = (outbox.c.subject == case_id) & (outbox.c.destination == Address.hub(node).key)
    rows = connection.execute(select(outbox.c.time, outbox.c.sent_at, outbox.c.settled_at).where(mine)).all()
    waiting = [row.time for row in rows if row.sent_at is None and row.settled_at is None]
    sent, received = ([row[at] for row in rows if row[at] is not None] for at in (1, 2))
    return Way(min(waiting, default=None), max(sent, default=None), max(received, default=None))


def deliveries(connection: Connection, tables: Tables, *, node: str) -> Mapping[str, Delivery]:
    """Every case that is not simply received, in three questions, however many cases there are."""
    held = dict(connection.execute(select(tables.cases.c.id, tables.cases.c.hold).where(tables.cases.c.hold.is_not(None))).all())
    refused = set(connection.execute(select(tables.refusals.c.case_id)).scalars())
    under_way = {row.subject: "queued" if row.unsent else "sent" for row in connection.execute(_open(tables, node))}
    return {
        one: delivery_of(
            hold=Hold(held[one]) if one in held else None, refused=one in refused, outbox=under_way.get(one, "received")
        )
        for one in {*held, *refused, *under_way}
    }


def delivery_counts(connection: Connection, tables: Tables, *, node: str) -> Mapping[Delivery, int]:
    """How many cases stand where, those received included."""
    elsewhere = deliveries(connection, tables, node=node)
    known = set(connection.execute(select(tables.cases.c.id).where(tables.cases.c.id.in_(list(elsewhere)))).scalars())
    counts = Counter(where for one, where in elsewhere.items() if one in known)
    total = connection.execute(select(func.count()).select_from(tables.cases)).scalar_one()
    counts[Delivery.RECEIVED] += total - counts.total()
    return counts


def _open(tables: Tables, node: str) -> Select[tuple[str, int]]:
    """Subjects with something on its way; those that are no case are left out by whoever looks cases up."""
    outbox = tables.messaging.outbox
    still = outbox.c.settled_at.is_(None) & outbox.c.sequenced.is_(True)
    unsent = (func.count() - func.count(outbox.c.sent_at)).label("unsent")
    return select(outbox.c.subject, unsent).where(outbox.c.destination == Address.hub(node).key, still).group_by(outbox.c.subject)
