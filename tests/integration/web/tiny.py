"""A tiny service with the same rim as the real ones: notes of one window, kept in SQLite."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from marshmallow import Schema, fields, validate
from prometheus_client import CollectorRegistry
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    func,
    insert,
    select,
    update,
)
from werkzeug.serving import make_server

from shared.clock import SystemClock
from shared.config import Settings
from shared.contracts import fields as ours
from shared.contracts.addresses import Address
from shared.errors import Refused, TryAgain
from shared.ids import new_id
from shared.observability.health import Check
from shared.observability.metrics import new_registry
from shared.persistence.engine import Database, open_database
from shared.persistence.perform import idempotency_table
from shared.persistence.work import Works
from shared.security.access_tables import access_tables
from shared.security.audit import audit_table
from shared.security.entrance import entrance_tables
from shared.security.identities import Actor, Role, Subject
from shared.security.passwords import at_once
from shared.security.second_step import second_step_tables
from shared.web import bodies
from shared.web.acts import Acts
from shared.web.answers import Answer, Media
from shared.web.api import Api
from shared.web.call import EVERYONE, Call, Endpoint, Nothing, Words
from shared.web.entering import Premises, open_pages
from shared.web.limits import Limiter
from shared.web.paging import Page, PageQuery, listing, page_of
from shared.web.query import YesNo
from shared.web.site import Site, StatusLine, build_site

metadata = MetaData()
NOTES = Table(
    "notes", metadata, Column("id", String(36), primary_key=True), Column("title", String(200)),
    Column("urgent", Boolean), Column("window", String(50)), Column("state", String(20)), Column("version", Integer),
)
KEYS = idempotency_table(metadata)
ACCESS = access_tables(metadata)
ENTRANCE = entrance_tables(metadata)
SECOND_STEP = second_step_tables(metadata)
AUDIT = audit_table(metadata)
ZONE = ZoneInfo("America/El_Salvador")

PEOPLE = {
    "staff": Actor("staff@la-union", Role.STAFF, "sv", window="la-union"),
    "colleague": Actor("supervisor@la-union", Role.SUPERVISOR, "sv", window="la-union"),
    "elsewhere": Actor("staff@la-hachadura", Role.STAFF, "sv", window="la-hachadura"),
    "officer": Actor("officer@pddh", Role.OFFICER, "sv", institution="pddh"),
    "guatemala": Actor("staff@tecun-uman", Role.STAFF, "gt", window="tecun-uman"),
}
PLACE = Subject("place", "sv", window="la-union")


class PersonSchema(Schema):
    name = ours.text(required=True, blank=False)
    age = ours.whole(most=120, none=True)


class NoteSchema(Schema):
    title = ours.text(required=True, longest=40)
    urgent = ours.Flag(load_default=False)
    at = ours.moment()
    person = fields.Nested(PersonSchema)
    people = fields.List(fields.Nested(PersonSchema), validate=validate.Length(max=3))
    country = ours.Country()


class StoredSchema(Schema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    urgent = fields.Boolean(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True, strict=True)


class NoteQuery(PageQuery):
    q = ours.text()
    urgent = YesNo()


class ClaimSchema(Schema):
    state = fields.String(required=True)


@dataclass
class NoOutbox:
    appended: bool = False


@dataclass
class NoteWork:
    connection: Connection
    outbox: NoOutbox

    def flush(self) -> None:
        """Writes at once, so there is nothing to flush."""


class PlainSeals:
    def seal_local(self, plain: bytes, /) -> bytes:
        return plain[::-1]

    def open_local(self, sealed: bytes, /) -> bytes:
        return sealed[::-1]


class TurnedClock:
    """The machine's, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


class Notes:
    """The views; ``started`` and ``go_on`` let a test hold an act in the middle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = TurnedClock()
        self.database: Database = open_database(f"sqlite:///{folder / 'notes.sqlite'}")
        with self.database.write() as connection:
            metadata.create_all(connection)
        works = Works(self.database, lambda connection: NoteWork(connection, NoOutbox()), wake=lambda: None)
        self.acts = Acts(works, keys=KEYS, seals=PlainSeals(), clock=SystemClock())
        self.hold = threading.Event()
        self.held = threading.Event()
        self.slow = False

    def about_note(self, call: Call) -> Subject | None:
        with self.database.read() as connection:
            return self._subject(connection, call.args["id"])

    def register(self, call: Call):
        note = call.body(dict)

        def act(work: NoteWork) -> str:
            if self.slow:
                self.held.set()
                self.hold.wait(10)
            if note["title"] == "refuse me":
                raise Refused("wrong_state", state="open", allowed=["close"], extra={"referral_id": "r1"})
            found = new_id()
            values = {"id": found, "title": note["title"], "urgent": note["urgent"], "window": "la-union", "state": "open", "version": 1}
            work.connection.execute(insert(NOTES).values(values))
            return found

        return self.acts.carry_out(
            call, act, about=lambda _work: PLACE, answer=lambda found: self._answer_of(note | {"id": found, "state": "open", "version": 1})
        )

    def search(self, call: Call) -> Answer:
        query = call.query(dict)
        page = Page.of(query)
        wanted = select(NOTES)
        if "urgent" in query:
            wanted = wanted.where(NOTES.c.urgent == query["urgent"])
        with self.database.read() as connection:
            total = connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
            rows = connection.execute(wanted.order_by(NOTES.c.id).limit(page.size).offset(page.offset)).mappings().all()
        return Answer(listing(call, rows, total, page))

    def read(self, call: Call) -> Answer:
        with self.database.read() as connection:
            return self._answer_of(self._row(connection, call.args["id"]))

    def change(self, call: Call):
        def act(work: NoteWork) -> dict[str, object]:
            row = self._row(work.connection, call.args["id"])
            merged = bodies.check(NoteSchema(), bodies.merge_patch({"title": row["title"], "urgent": bool(row["urgent"])}, call.raw))
            assert call.if_match is not None
            call.if_match.check(row["version"])
            changed = {"title": merged["title"], "urgent": merged["urgent"], "version": row["version"] + 1}
            work.connection.execute(update(NOTES).where(NOTES.c.id == row["id"]).values(changed))
            return dict(row) | changed

        return self.acts.carry_out(
            call, act, about=lambda work: self._subject(work.connection, call.args["id"]), answer=self._answer_of
        )

    def close(self, call: Call):
        def act(work: NoteWork) -> dict[str, object]:
            row = self._row(work.connection, call.args["id"])
            if call.if_match is not None:
                call.if_match.check(row["version"])
            if row["state"] == "closed":
                raise Refused("wrong_state", state="closed", allowed=[])
            changed = {"state": "closed", "version": row["version"] + 1}
            work.connection.execute(update(NOTES).where(NOTES.c.id == row["id"]).values(changed))
            return dict(row) | changed

        return self.acts.carry_out(
            call, act, about=lambda work: self._subject(work.connection, call.args["id"]), answer=self._answer_of
        )

    def slip(self, _call: Call) -> Answer:
        return Answer(b"<!doctype html><title>Hoja</title><p>Hoja")

    def claim(self, call: Call) -> Answer:
        if call.args["code"] == "busy":
            message = "the database is away"
            raise TryAgain(message, retry_after=7)
        return Answer({"state": "open", "secret": "not declared, so never sent"})

    def boom(self, _call: Call) -> Answer:
        message = "María López, 01234567-8"
        raise RuntimeError(message)

    @staticmethod
    def _answer_of(row) -> Answer:
        return Answer(row, version=row["version"], location=f"/api/v1/cases/{row['id']}")

    @staticmethod
    def _row(connection: Connection, note_id: str):
        return connection.execute(select(NOTES).where(NOTES.c.id == note_id)).mappings().one()

    @staticmethod
    def _subject(connection: Connection, note_id: str) -> Subject | None:
        window = connection.execute(select(NOTES.c.window).where(NOTES.c.id == note_id)).scalar_one_or_none()
        return Subject("case", "sv", window=window) if window else None


def endpoints(notes: Notes) -> list[Endpoint]:
    place = lambda _call: PLACE
    stored = StoredSchema()
    return [
        Endpoint("POST", "/cases", "case.register", notes.register, Words("Registrar", "Register"), {201: stored}, about=place,
                 body=NoteSchema(), creating=True, refuses=("wrong_state",)),
        Endpoint("GET", "/cases", "case.search", notes.search, Words("Buscar", "Search"), {200: page_of(stored)}, about=place,
                 query=NoteQuery()),
        Endpoint("GET", "/cases/{id}", "case.read", notes.read, Words("Leer", "Read"), {200: stored}, about=notes.about_note),
        Endpoint("PATCH", "/cases/{id}", "case.change", notes.change, Words("Cambiar", "Change"), {200: stored},
                 about=notes.about_note, body=NoteSchema(), merge_patch=True, if_match="required"),
        Endpoint("POST", "/cases/{id}/close", "case.close", notes.close, Words("Cerrar", "Close"), {200: stored},
                 about=notes.about_note, body=Nothing(), if_match="optional", refuses=("wrong_state",)),
        Endpoint("POST", "/cases/{id}/approve", "case.approve", lambda _call: Answer(), Words("Aprobar", "Approve"), {204: None},
                 about=notes.about_note, body=NoteSchema()),
        Endpoint("GET", "/cases/{id}/slip", "case.slip", notes.slip, Words("Hoja", "Slip"),
                 {200: Media("text/html; charset=utf-8")}, about=notes.about_note),
        Endpoint("GET", "/claims/{code}", EVERYONE, notes.claim, Words("Consultar", "Ask"), {200: ClaimSchema()}),
    ]


def state() -> list[StatusLine]:
    return [
        StatusLine(Words("Central", "Hub"), Words("Responde", "Answers"), good=True, for_all=True),
        StatusLine(Words("Por enviar", "To be sent"), Words("3", "3")),
    ]


def tiny_pages(notes: Notes, **settings: str):
    """Signing in at the tiny service; its users are of the window, and one officer is let in too."""
    given = Settings("sv", "", notes.folder, window="la-union", web_server_address="127.0.0.1:8101", **settings)
    return open_pages(
        Premises(
            settings=given, me=Address.window("sv", "la-union"), where=Words("Ventanilla de La Unión", "La Unión window"), zone=ZONE,
            database=notes.database, access=ACCESS, entrance=ENTRANCE, audit=AUDIT, seals=PlainSeals(), clock=notes.clock,
            run=at_once, admits=lambda user: user.node == "sv",
        ),
        Limiter(),
    )


def tiny_site(notes: Notes, *, checks: list[Check] | None = None, registry: CollectorRegistry | None = None, broken: bool = False):
    api = Api(title="Notas", version="0.1.0", authenticate=lambda token: PEOPLE.get(token or ""))
    api.add(*endpoints(notes))
    if broken:
        api.add(Endpoint("GET", "/boom", "territory.search", notes.boom, Words("Fallar", "Fail"), {200: None}, about=lambda _call: PLACE))
    return build_site(tiny(notes, api, registry=registry or new_registry(), checks=checks or []))


def tiny(notes: Notes, api: Api, *, registry: CollectorRegistry, checks: Sequence[Check] = ()) -> Site:
    what = Words("Servicio de prueba.", "A service to test with.")
    return Site(
        what=what, greeting=what, pages=tiny_pages(notes), api=api, registry=registry, zone=ZONE, checks=checks, state=state
    )


@contextmanager
def served(app) -> Iterator[str]:
    """The app on a real socket of 127.0.0.1, by threads; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


