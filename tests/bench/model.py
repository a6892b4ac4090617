"""What our services write and say for one case, taken down once, so that the peers and the floor do the very same.

One case is run through the real hub and the real notifications service. The rows of their tables (what is sealed,
opened) and the events they say become one JSON text; for every other case its ids are put in the place of the first.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import orjson
from sqlalchemy import Table, select

from services.notifications.store import tables as ledger_tables
from services.notifications.wiring import build as build_notifications
from services.referrals.wiring import build as build_hub
from shared.clock import SystemClock
from shared.config import Settings
from shared.contracts.addresses import Address
from shared.messaging.epochs import epoch_of
from shared.messaging.ports import Outcome, Outgoing, RawMessage
from shared.messaging.relay import Relay
from shared.messaging.tables import MessagingTables
from shared.persistence.engine import Database
from shared.security.keyring import Keyring, Label
from shared.security.vault import Vault
from tests.bench.cases import HUB, LA_UNION, NOTIFICATIONS, window

HUB_TABLES = ("cases", "decisions", "referrals", "referral_history", "open_needs")
LEDGER_TABLES = ("notifications", "referrals_known")


class Exit:
    """A broker that takes everything, and keeps it."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    def ready(self) -> None:
        """It always is."""

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[str, Outcome]:
        self.sent += messages
        return dict.fromkeys((message.id for message in messages), Outcome.SENT)

    def close(self) -> None:
        """Nothing to let go of."""


def sent_by(database: Database, tables: MessagingTables, ring: Keyring, me: Address) -> list[RawMessage]:
    """All that waits in an outbox, as its destinations get it."""
    exit_ = Exit()
    with database.write() as connection:
        epoch = epoch_of(connection, tables)
    relay = Relay(
        database, tables, exit_, sealer=ring, signer=ring, me=me, epoch=epoch, clock=SystemClock(),
        rebuild=lambda *_: None,
    )
    while relay.turn():
        pass
    relay.close()
    return [RawMessage(one.body, one.exchange, one.routing_key, {"signature": one.signature}) for one in exit_.sent]


@dataclass(frozen=True)
class Said:
    """One event that the hub says of a case."""

    id: str
    to: str
    type: str
    subject: str
    version: int
    schema_version: int
    exchange: str
    routing_key: str
    time: str
    data: dict[str, object]


def take_down(folder: Path, hub: Settings, notifications: Settings, window_settings: Settings) -> None:
    """Write ``folder/model.json``. The window has one case; both databases are migrated and empty."""
    keys = folder / "keys"
    with window(window_settings) as here:
        told = sent_by(here.database, here.tables.messaging, Keyring.load(keys / LA_UNION.key), LA_UNION)
    wired = build_hub(hub)
    taken = wired.inbox.take([one for one in told if one.routing_key.endswith("case.registered")])
    if taken.applied != 1:
        raise AssertionError(taken)
    said, raw = _said(wired.database, wired.tables.messaging, keys)
    rows = _rows(wired.database, wired.tables.metadata.tables, HUB_TABLES, wired.vault)
    wired.close()
    ledger = build_notifications(notifications)
    ledger.inbox.take([one for one in raw if one.routing_key.startswith(f"{NOTIFICATIONS.key}.")])
    noted = _rows(ledger.database, ledger_tables.metadata.tables, LEDGER_TABLES, None)
    ledger.close()
    model = {"hub": rows, "says": [asdict(one) for one in said], "ledger": noted}
    (folder / "model.json").write_text(json.dumps(model))


def _said(database: Database, tables: MessagingTables, keys: Path) -> tuple[list[Said], list[RawMessage]]:
    with database.read() as connection:
        waiting = connection.execute(select(tables.outbox).where(tables.outbox.c.sequenced.is_(True))).mappings().all()
    said = []
    for row in waiting:
        node, _, name = row["destination"].partition(".")
        to = Address(node, name)
        data = Keyring.load(keys / to.key).open(row["body"], Label(row["id"], row["type"], row["version"], HUB, to))
        said.append(Said(
            id=row["id"], to=to.key, type=row["type"], subject=row["subject"], version=row["version"],
            schema_version=row["schema_version"], exchange=row["exchange"], routing_key=row["routing_key"],
            time=row["time"].isoformat(), data=data,
        ))
    return said, sent_by(database, tables, Keyring.load(keys / HUB.key), HUB)


def _rows(
    database: Database, tables: Mapping[str, Table], names: Sequence[str], vault: Vault | None
) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    person = ""
    with database.read() as connection:
        for name in names:
            found[name] = []
            for row in connection.execute(select(tables[name])).mappings():
                person = str(row.get("person_id") or person)
                values = {column: _plain(value) for column, value in row.items() if column != "sealed"}
                if "sealed" in row:
                    values["sealed"] = vault.open(person, row["id"], row["sealed"]) if vault and row["sealed"] else None
                found[name].append(values)
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, dict | list):
        return {"json": orjson.dumps(value).decode()}
    return value
