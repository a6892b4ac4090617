"""A hub that tells, the real service that hears, and a real mail server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from services.notifications.config import Timing
from services.notifications.store.tables import ledger, messaging, metadata
from services.notifications.wiring import build
from shared.config import Settings
from shared.contracts.access import TokenAccess, UserAccess
from shared.contracts.access_changed import AccessChanged
from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, to_bytes
from shared.contracts.referral import Notice, PersonContact
from shared.contracts.referral_updated import ReferralUpdated
from shared.contracts.registry import read, wire
from shared.ids import new_id
from shared.messaging.ports import RawMessage
from shared.messaging.routes import route
from shared.persistence.engine import open_database
from shared.security.keyring import Keyring, Label
from shared.security.keys import generate
from shared.security.tokens import token_hash
from shared.vocabulary.codes import Urgency
from tests.integration.notifications.smtp import MoodySink

HUB, ME = Address.hub("sv"), Address.notifications("sv")
QUIET = timedelta(seconds=20)
REFERRAL, CASE = "0192f000-0000-7000-8000-000000000001", "0192f000-0000-7000-8000-000000000002"
TOKENS = {name: f"vtn_{name.replace('@', '-').replace('.', '-'):_<43}" for name in (
    "officer@pddh", "colleague@pddh", "officer@rree", "staff@la-union", "coordinator@sv", "coordinator@gt", "auditor@sv"
)}


class TurnedClock:
    """A clock that stands until a test turns it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


def user(username: str, role: str, **other) -> UserAccess:
    members = {"node": "sv", "version": 1, "email": f"{username}.example"} | other
    held = (TokenAccess(token_hash(TOKENS[username]), datetime(2026, 1, 1, tzinfo=UTC)),) if username in TOKENS else ()
    return UserAccess(username=username, role=role, tokens=held, **members)


USERS = (
    user("officer@pddh", "officer", institution="pddh"),
    user("colleague@pddh", "officer", institution="pddh", language="en"),
    user("officer@rree", "officer", institution="rree"),
    user("staff@la-union", "staff", window="la-union"),
    user("supervisor@la-union", "supervisor", window="la-union"),
    user("staff@la-hachadura", "staff", window="la-hachadura"),
    user("coordinator@sv", "coordinator"),
    user("auditor@sv", "auditor"),
)


class World:
    """One country's notifications, wired as in production, driven by hand."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.clock = TurnedClock()
        self.sink = MoodySink()
        generate(folder / "keys", [HUB, ME], now=self.clock.now())
        self.hub = Keyring.load(folder / "keys" / HUB.key)
        self.settings = Settings(
            node="sv",
            database_url=database_url,
            key_store=folder / "keys" / ME.key,
            amqp_uri="memory://",
            public_url="https://hub.example",
            smtp_url=self.sink.url,
            mail_from="Ventanilla <avisos@ventanilla.example>",
            mailbox=folder / "mailbox",
            window_urls={"la-union": "https://la-union.example"},
        )
        database = open_database(database_url)
        with database.write() as connection:
            metadata.create_all(connection)
        database.close()
        self.sequence = 0
        self.epoch = new_id()
        self.wiring = self.another()

    def another(self):
        """A further replica on the same database."""
        return build(self.settings, clock=self.clock, timing=Timing(quiet=QUIET))

    def close(self) -> None:
        self.wiring.close()

    def message(self, event: object, *, subject: str, version: int, event_id: str | None = None) -> RawMessage:
        """What the hub's relay would publish."""
        kind, schema_version, data = wire(event)
        label = Label(event_id or new_id(), kind, version, HUB, ME)
        self.sequence += 1
        body = to_bytes(
            Envelope(
                label.id, HUB.source, kind, schema_version, subject, self.clock.now(), self.epoch, version,
                sequence=self.sequence, sealed=self.hub.seal(data, label),
            )
        )
        exchange, routing_key = route(HUB, ME, kind)
        return RawMessage(body, exchange, routing_key, {"signature": self.hub.sign(body)})

    def change(self, change: str, *audiences: str, version: int = 1, event_id: str | None = None, **other) -> RawMessage:
        """A change of a referral of pddh from la-union."""
        batch, by, person = other.pop("batch", None), other.pop("by", "routing"), other.pop("person", None)
        silences = bool(other.pop("silences", False))
        members = {
            "referral_id": REFERRAL, "case_id": CASE, "window": "la-union", "institution": "pddh",
            "urgency": Urgency.URGENT, "at": self.clock.now(),
        } | other
        event = ReferralUpdated(change=change, notice=Notice(audiences, by, batch, person, silences), **members)
        return self.message(event, subject=members["referral_id"], version=version, event_id=event_id)

    def access(self, *users: UserAccess) -> RawMessage:
        return self.message(AccessChanged(users), subject="access", version=1)

    def hears(self, *messages: RawMessage):
        return self.wiring.messaging.take(messages)

    def delivers(self) -> None:
        """All that is due now."""
        while self.wiring.deliveries.turn():
            pass

    def rows(self) -> list:
        with self.wiring.database.read() as connection:
            query = select(ledger).order_by(ledger.c.recipient, ledger.c.id)
            return list(connection.execute(query).mappings())

    def row(self, recipient: str):
        (found,) = (row for row in self.rows() if row["recipient"] == recipient)
        return found

    def outcomes(self) -> dict[str, tuple[str, str | None]]:
        return {row["recipient"]: (row["status"], row["reason"] or row["fault"]) for row in self.rows()}

    def told_hub(self, kind: str) -> list:
        """What the hub can open of what we told it."""
        outbox = messaging.outbox
        with self.wiring.database.read() as connection:
            rows = connection.execute(select(outbox).where(outbox.c.type == kind).order_by(outbox.c.id)).mappings().all()
        return [
            read(kind, row["schema_version"], self.hub.open(row["body"], Label(row["id"], kind, row["version"], ME, HUB)))
            for row in rows
        ]


CONTACT = PersonContact(
    phone="+50370000000", language="es", channel="sms", hours="08:00-17:00", words="Tiene una respuesta de María Planted"
)
