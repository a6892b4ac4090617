"""A whole window on a real database: asked over its site, told things by a hub that signs and seals."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import Client, TestResponse

from services.intake.store.rebuild import Rebuilder
from services.intake.store.tables import window_tables
from services.intake.wiring import Wiring, build
from shared.config import Settings
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.contracts.directory_published import DirectoryPublished
from shared.contracts.envelope import Envelope, to_bytes
from shared.contracts.receipt import Receipt, RefusedCase
from shared.contracts.referral import HistoryEntry, Reason, ReferralState
from shared.contracts.referral_updated import ReferralUpdated
from shared.contracts.registry import read, wire
from shared.ids import new_id
from shared.messaging.epochs import epoch_of
from shared.messaging.inbox import Taken
from shared.messaging.ports import Outcome, Outgoing, RawMessage
from shared.messaging.reading import Reader
from shared.messaging.relay import Relay
from shared.messaging.routes import INTAKE, is_for_all, route
from shared.persistence.engine import open_database
from shared.routing.directory import Directory
from shared.routing.loading import load_directory, load_rules, load_services
from shared.routing.wire import directory_to_wire, rules_to_wire
from shared.security.keyring import Keyring, Label
from shared.security.keys import generate
from shared.security.protecting import Staff, protect
from shared.vocabulary.codes import Need, ReferralStatus, Urgency
from tests.drivers.person import Person, password_hash

HUB, LA_UNION = Address.hub("sv"), Address.window("sv", "la-union")
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
STAFF, SUPERVISOR, STRANGER, OFFICER = "staff@la-union", "supervisor@la-union", "staff@la-hachadura", "officer@pddh"

_USERS = (
    (STAFF, "staff", "la-union", None),
    (SUPERVISOR, "supervisor", "la-union", None),
    (STRANGER, "staff", "la-hachadura", None),
    (OFFICER, "officer", None, "pddh"),
)


class TurnedClock:
    """Stands until it is turned; each look is a millisecond later, so that things have an order."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def forward(self, **time: int) -> None:
        self.at += timedelta(**time)


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


class World:
    """One window with its staff, and the keys of its hub."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder, self.clock, self.exit = folder, TurnedClock(), Exit()
        generate(folder / "keys", [HUB, LA_UNION], now=MONDAY)
        self.hub_ring = Keyring.load(folder / "keys" / HUB.key)
        self.settings = Settings(
            node="sv",
            window="la-union",
            database_url=database_url or f"sqlite:///{folder / 'window.sqlite'}",
            key_store=folder / "keys" / LA_UNION.key,
            amqp_uri="memory://",
        )
        database = open_database(self.settings.database_url)
        with database.write() as connection:
            window_tables().metadata.create_all(connection)
        database.close()
        self.window = self.start()
        self.tokens = self._hire()
        self.sequence = 0

    def start(self) -> Wiring:
        self.window = build(self.settings, clock=self.clock)
        self.client = Client(self.window.site, TestResponse)
        self._relay = self._with_exit()
        return self.window

    def close(self) -> None:
        self.window.close()

    def protects(self, username: str, password: str) -> Wiring:
        """Stops the window, locks its keys, and starts it again, locked."""
        self.window.close()
        protect(self.settings.key_store, recovery=None, first=Staff(username, password))
        return self.start()

    # what staff do

    def call(
        self, method: str, path: str, body: object = None, *, by: str | None = STAFF, **headers: str
    ) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if by is not None:
            sent["Authorization"] = f"Bearer {self.tokens[by]}"
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    def registers(self, case: Mapping[str, Any], **headers: str) -> dict[str, Any]:
        answer = self.call("POST", "/cases", case, **headers)
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def sees(self, case_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def finds(self, text: str, **more: Any) -> list[str]:
        answer = self.call("POST", "/cases/search", {"q": text, **more})
        assert answer.status_code == 200, answer.text
        return [item["code"] for item in answer.get_json()["items"]]

    def changes(self, case_id: str, patch: Mapping[str, Any], version: int, *, by: str = STAFF) -> TestResponse:
        return self.call("PATCH", f"/cases/{case_id}", patch, by=by, If_Match=f'"{version}"')

    def person(self) -> Person:
        """Somebody at a browser of their own."""
        return Person(self.window.site)

    # what leaves

    def sends(self) -> list[tuple[str, Any]]:
        """Everything that is due, as the hub reads it: type and event."""
        self.exit.sent = []
        self._relay.turn()
        reader = Reader(opener=self.hub_ring, me=HUB, read=read)
        heard = []
        for one in self.exit.sent:
            incoming = reader.read(RawMessage(one.body, INTAKE, one.routing_key, {"signature": one.signature}))
            assert incoming.reason is None, incoming.reason
            assert incoming.envelope is not None
            heard.append((incoming.envelope.type, incoming.event))
        return heard

    def outbox_count(self) -> int:
        outbox = self.window.tables.messaging.outbox
        with self.window.database.read() as connection:
            return connection.execute(select(func.count()).select_from(outbox)).scalar_one()

    # what the hub tells

    def hub_tells(self, event: object, *, version: int = 1, sequenced: bool = True) -> Taken:
        return self.window.inbox.take([self.message(event, version=version, sequenced=sequenced)])

    def message(self, event: object, *, version: int = 1, sequenced: bool = True) -> RawMessage:
        kind, schema_version, data = wire(event)
        to = Address.everyone("sv") if kind == "directory.published" else LA_UNION
        event_id = new_id()
        self.sequence += sequenced
        sealed = None if is_for_all(to) else self.hub_ring.seal(data, Label(event_id, kind, version, HUB, to))
        envelope = Envelope(
            id=event_id,
            source=HUB.source,
            type=kind,
            schema_version=schema_version,
            subject="x",
            time=self.clock.now(),
            epoch="first",
            version=version,
            sequence=self.sequence if sequenced else None,
            sealed=sealed,
            data=data if sealed is None else None,
        )
        body = to_bytes(envelope)
        exchange, key = route(HUB, to, kind)
        return RawMessage(body, exchange, key, {"signature": self.hub_ring.sign(body)})

    def hub_receipts(self, *, refused: Sequence[RefusedCase] = (), highest_code: int = 0) -> None:
        """The hub has taken all that was sent so far."""
        outbox = self.window.tables.messaging.outbox
        with self.window.database.read() as connection:
            through = connection.execute(select(func.max(outbox.c.sequence))).scalar_one() or 0
            epoch = epoch_of(connection, self.window.tables.messaging)
        told = Receipt(through, epoch, "hub-1", tuple(refused), highest_code, heard_epoch=epoch)
        self.hub_tells(told, sequenced=False)

    def hub_tells_old_refusals(self, refused: Sequence[RefusedCase]) -> None:
        """A receipt that knows of nothing newer than before."""
        with self.window.database.read() as connection:
            epoch = epoch_of(connection, self.window.tables.messaging)
        self.hub_tells(Receipt(1, epoch, "hub-1", tuple(refused), 0, heard_epoch=epoch), sequenced=False)

    def hub_publishes(self, change: Callable[[Directory], Directory] | None = None, *, version: str = "2026-11") -> str:
        assert self.window.inbox.take([self.message_of_directory(version, change)]).applied == 1
        return version

    def message_of_directory(self, version: str, change: Callable[[Directory], Directory] | None = None) -> RawMessage:
        data = files("services.referrals") / "data"
        rules = load_rules(data / "rules" / "sv.yml")
        directory = load_services(data / "services", load_directory(data / "directory", "sv"))
        changed = change(directory) if change else directory
        published = DirectoryPublished(version, directory_to_wire(changed), rules_to_wire(rules))
        return self.message(published, sequenced=False)

    def referral(self, case: Mapping[str, Any], **changes: Any) -> ReferralState:
        known: dict[str, Any] = {
            "id": new_id(),
            "case_id": case["id"],
            "case_code": case["code"],
            "person_id": case["person_id"],
            "window": "la-union",
            "institution": "pddh",
            "status": ReferralStatus.REQUESTED,
            "urgency": Urgency.URGENT,
            "needs": (Need.RIGHTS_VIOLATION,),
            "reasons": (Reason("R7", "Derechos", "Rights"),),
            "created_at": MONDAY,
            "ack_due_at": MONDAY + timedelta(hours=8),
            "due_at": MONDAY + timedelta(hours=72),
            "version": 1,
            "history": (HistoryEntry(MONDAY, "requested", "routing"),),
        }
        return ReferralState(**(known | changes))

    def hub_tells_referral(self, state: ReferralState, change: str = "requested", **more: Any) -> None:
        told = ReferralUpdated(
            change, state.id, state.case_id, "la-union", state.institution, state.urgency, self.clock.now(), referral=state, **more
        )
        assert self.hub_tells(told, version=state.version).dead == 0

    def _hire(self) -> dict[str, str]:
        with self.window.works.open() as work:
            for username, role, window, institution in _USERS:
                work.access.keep(UserAccess(username, role, "sv", 1, window, institution, password_hash=password_hash()))
            return {username: work.access.issue(username, now=MONDAY) for username, *_ in _USERS}

    def _with_exit(self) -> Relay:
        window = self.window
        ring = Keyring.load(self.settings.key_store, window.keys)
        with window.database.write() as connection:
            epoch = epoch_of(connection, window.tables.messaging)
        return Relay(
            window.database,
            window.tables.messaging,
            self.exit,
            sealer=ring,
            signer=ring,
            me=LA_UNION,
            epoch=epoch,
            clock=self.clock,
            rebuild=Rebuilder(window.tables, window.vault),
        )


