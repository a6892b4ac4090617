"""A whole hub on a real database, told things by windows that sign and seal, asked things over its site."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.referrals import commands
from services.referrals.store.tables import hub_tables
from services.referrals.wiring import Wiring, build
from shared.config import Settings
from shared.contracts.access import UserAccess
from shared.contracts.addresses import Address
from shared.contracts.case_registered import CaseRegistered
from shared.contracts.case_updated import CaseUpdated
from shared.contracts.envelope import Envelope, to_bytes
from shared.contracts.registry import read, wire
from shared.ids import case_code, new_id
from shared.messaging.ports import RawMessage
from shared.messaging.routes import route
from shared.persistence.engine import open_database
from shared.routing.case import CaseDetails
from shared.security.keyring import Keyring, Label
from shared.security.keys import generate
from shared.vocabulary.windows import WINDOWS
from tests.drivers.person import Person, password_hash

HUB, NOTIFICATIONS = Address.hub("sv"), Address.notifications("sv")
LA_UNION, LA_HACHADURA = Address.window("sv", "la-union"), Address.window("sv", "la-hachadura")
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
EVERYBODY = (HUB, NOTIFICATIONS, LA_UNION, LA_HACHADURA)


class TurnedClock:
    """A clock that stands until it is turned; each look is a millisecond later, so that things have an order."""

    def __init__(self) -> None:
        self.at = MONDAY

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Told:
    """One event that the hub said, opened by whom it was for."""

    to: Address
    type: str
    subject: str
    version: int
    event: Any


class World:
    """One hub with all demo users, two windows and notifications."""

    def __init__(
        self, folder: Path, database_url: str | None = None, key_store_url: str | None = None, **settings: Any
    ) -> None:
        self.clock = TurnedClock()
        generate(folder / "keys", EVERYBODY, now=MONDAY)
        self.settings = Settings(
            node="sv", database_url=database_url or f"sqlite:///{folder / 'hub.sqlite'}",
            key_store=folder / "keys" / HUB.key, key_store_url=key_store_url, amqp_uri="memory://", topology="declare",
            **settings,
        )
        self.rings = {address: Keyring.load(folder / "keys" / address.key) for address in EVERYBODY}
        self._create()
        self.hub = self.start()
        self.sequences: Counter[Address] = Counter()
        self.numbers: Counter[Address] = Counter()
        self.tokens = commands.add_users(self.hub, demo_users())

    def _create(self) -> None:
        database = open_database(self.settings.database_url)
        with database.write() as connection:
            hub_tables().metadata.create_all(connection)
        database.close()

    def start(self) -> Wiring:
        return build(self.settings, clock=self.clock)

    def close(self) -> None:
        self.hub.close()

    # what windows tell

    def message(self, event: object, *, by: Address = LA_UNION, subject: str = "x", version: int = 1, sequenced: bool = True) -> RawMessage:
        kind, schema_version, data = wire(event)
        event_id = new_id()
        self.sequences[by] += sequenced
        envelope = Envelope(
            id=event_id, source=by.source, type=kind, schema_version=schema_version, subject=subject, time=self.clock.now(),
            epoch="first", version=version, sequence=self.sequences[by] if sequenced else None,
            sealed=self.rings[by].seal(data, Label(event_id, kind, version, by, HUB)),
        )
        body = to_bytes(envelope)
        exchange, key = route(by, HUB, kind)
        return RawMessage(body, exchange, key, {"signature": self.rings[by].sign(body)})

    def tells(self, event: object, *, by: Address = LA_UNION, version: int = 1, sequenced: bool = True) -> None:
        subject = getattr(event, "case_id", "x")
        self.hub.inbox.take([self.message(event, by=by, subject=subject, version=version, sequenced=sequenced)])

    def registered(self, details: CaseDetails, *, by: Address = LA_UNION, **more: Any) -> CaseRegistered:
        self.numbers[by] += 1
        letters = WINDOWS["sv"][by.name].letters
        known = {
            "case_id": new_id(), "case_code": case_code("sv", letters, self.numbers[by]), "person_id": new_id(),
            "consent_id": new_id(), "incarnation": 1, "version": 1, "registered_at": self.clock.now(), "details": details,
        }
        return CaseRegistered(**(known | more))

    def registers(self, details: CaseDetails, *, by: Address = LA_UNION, **more: Any) -> CaseRegistered:
        event = self.registered(details, by=by, **more)
        self.tells(event, by=by)
        return event

    def updates(self, told: CaseRegistered, *, version: int = 2, **changed: Any) -> CaseUpdated:
        event = CaseUpdated(**(vars(told) | {"version": version} | changed))
        self.tells(event, version=version)
        return event

    # what the hub says

    def said(self, *, to: Address | None = None, kind: str | None = None) -> list[Told]:
        outbox = self.hub.tables.messaging.outbox
        with self.hub.database.read() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).mappings().all()
        found = []
        for row in rows:
            destination = Address(*row["destination"].split("."))
            if (to and destination != to) or (kind and row["type"] != kind):
                continue
            if destination.name == "all":
                data = orjson.loads(row["body"])
            else:
                data = self.rings[destination].open(row["body"], Label(row["id"], row["type"], row["version"], HUB, destination))
            event = read(row["type"], row["schema_version"], data)
            found.append(Told(destination, row["type"], row["subject"], row["version"], event))
        return found

    def updates_to(self, to: Address, change: str | None = None) -> list[Any]:
        told = [one.event for one in self.said(to=to, kind="referral.updated")]
        return [event for event in told if change is None or event.change == change]

    def updates_to_window(self, institution: str) -> list[Any]:
        """What the window that the case is of was told of one institution's referral."""
        return [event for event in self.updates_to(LA_UNION) if event.institution == institution]

    def last_receipt(self, to: Address = LA_UNION) -> Any:
        return self.said(to=to, kind="receipt")[-1].event

    # what people ask

    def at(self, user: str) -> "Client":
        return Client(self.hub.site.test_client(), self.tokens.get(user, user))

    def person(self, address: str = "127.0.0.1") -> Person:
        """Somebody at a browser of their own."""
        return Person(self.hub.site, address)

    def desk(self, institution: str) -> list[dict[str, Any]]:
        return self.at(f"officer@{institution}").get("/referrals").json["items"]

    def referral_at(self, institution: str) -> dict[str, Any]:
        (found,) = self.desk(institution)
        return found


@dataclass(frozen=True)
class Client:
    """Somebody with a token."""

    client: FlaskClient
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get("/api/v1" + path, query_string=query, headers=self._headers({}))

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.client.post("/api/v1" + path, json={} if body is None else body, headers=self._headers(headers))

    def patch(self, path: str, body: object, **headers: str) -> TestResponse:
        return self.client.patch("/api/v1" + path, json=body, headers=self._headers(headers))

    def put(self, path: str, body: object, **headers: str) -> TestResponse:
        return self.client.put("/api/v1" + path, json=body, headers=self._headers(headers))

    def act(self, referral_id: str, name: str, body: object = None, **headers: str) -> TestResponse:
        return self.post(f"/referrals/{referral_id}/{name}", body, **headers)

    def acts(self, referral_id: str, *names: str) -> dict[str, Any]:
        """Some acts in turn, each of which must succeed."""
        answer = None
        for name in names:
            answer = self.act(referral_id, name, BODIES.get(name))
            assert answer.status_code == 200, (name, answer.json)
        assert answer is not None
        return dict(answer.json)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | {name.replace("_", "-"): value for name, value in more.items()}


BODIES: dict[str, object] = {
    "reject": {"reason": "no-capacity", "text": "No hay cupo este mes."},
    "hold": {"reason": "awaiting-document", "review_on": "2026-12-01"},
    "complete": {"outcome": "assisted", "service_delivered": True, "need_met": "yes"},
    "fail": {"reason": "left-country"},
    "cancel": {"reason": "made-elsewhere"},
    "schedule": {"at": "2026-12-01T15:00:00Z", "place": "Oficina central", "bring": ["DUI"]},
    "comments": {"text": "Llamar por la tarde."},
    "note": {"text": "Hablé con la familia."},
    "mark-in-error": {"reason": "Se duplicó."},
}


def demo_users() -> list[UserAccess]:
    places = ["pddh", "rree", "alcaldia-la-union", "alcaldia-la-union-norte", "conapina", "fgr", "coordinacion-sv", "dgme", "iom-sv"]
    users = [
        UserAccess(f"{role}@{place}", role, "sv", 1, institution=place)
        for place in places
        for role in ("officer", "deputy", "manager")
    ]
    users += [UserAccess(f"{role}@{window}", role, "sv", 1, window=window) for window in ("la-union", "la-hachadura") for role in ("staff", "supervisor")]
    users += [UserAccess(f"{role}@sv", role, "sv", 1) for role in ("coordinator", "regional_coordinator", "auditor", "admin")]
    return [replace(user, password_hash=password_hash()) for user in users]


def with_person(details: CaseDetails, **changed: Any) -> CaseDetails:
    return replace(details, person=replace(details.person, **changed))


def with_consent(details: CaseDetails, **changed: Any) -> CaseDetails:
    return replace(details, consent=replace(details.consent, **changed))


TODAY = date(2026, 11, 23)
