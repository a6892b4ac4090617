"""What the peers and the floor have in common with us: the keys, the sealing, the rows, the events.

They get what costs us time for nothing: no schema of the case is checked, no rule is run (what routing decided is in
the model), nothing is read back, and no receipt is sent.
"""

import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.addresses import Address
from shared.contracts.envelope import Envelope, from_bytes, to_bytes
from shared.ids import new_id
from shared.security.keyring import Keyring, Label

Rows = dict[str, list[tuple[object, ...]]]
"""By table, in the order of ``columns``."""
INBOX = ("id", "source", "source_epoch", "sequence", "taken_at")
PERSON_KEYS = ("person_id", "wrapped")
DUPLICATES_SKIPPED = {"inbox", "person_keys", "referrals_known"}


@dataclass(frozen=True)
class Run:
    """Where everything is in this run; handed to each process as a file."""

    amqp_uri: str
    hub_dsn: str
    notifications_dsn: str
    keys: str
    outbox: str
    model: str
    workers: int = 10
    prefetch: int = 100

    @classmethod
    def load(cls) -> "Run":
        """The run that the harness named."""
        return cls(**json.loads(Path(os.environ["BENCH_RUN"]).read_text()))

    def keyring(self, name: str) -> Keyring:
        """The keys of ``hub``, ``notifications`` or a window."""
        return Keyring.load(Path(self.keys) / f"sv.{name}")


def wait_for_go() -> None:
    """Say that this process is ready, and wait for the harness."""
    print("ready", flush=True)
    sys.stdin.readline()


def finished() -> None:
    """Stay until the harness has read how much time of the processor this process took."""
    print("done", flush=True)
    sys.stdin.readline()


@dataclass(frozen=True)
class Signed:
    """One message on its way."""

    id: str
    to: str
    type: str
    exchange: str
    routing_key: str
    body: bytes
    signature: str


@dataclass(frozen=True)
class Work:
    """What one message leads to."""

    event_id: str
    rows: Rows
    says: Sequence[tuple[str, dict[str, object], dict[str, object]]] = field(default_factory=tuple)


class Outbox:
    """The window's own outbox, read in hundreds; what was confirmed is marked before the next hundred."""

    def __init__(self, run: Run, at_once: int = 100) -> None:
        self._ring = run.keyring("la-union")
        self._at_once = at_once
        self._database = sqlite3.connect(run.outbox, isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._sequence = 0

    def batches(self) -> Iterator[list[Signed]]:
        """Whoever asks for the next batch says that the last one was confirmed."""
        query = (
            "SELECT * FROM outbox WHERE due_at IS NOT NULL AND type = 'case.registered' ORDER BY due_at, id LIMIT ?"
        )
        while rows := self._database.execute(query, (self._at_once,)).fetchall():
            yield [self._signed(row) for row in rows]
            ids = ",".join("?" * len(rows))
            self._database.execute(
                f"UPDATE outbox SET due_at = NULL, sent_at = datetime() WHERE id IN ({ids})", [row["id"] for row in rows]
            )

    def _signed(self, row: sqlite3.Row) -> Signed:
        self._sequence += 1
        body = to_bytes(Envelope(
            id=row["id"], source="/sv/windows/la-union", type=row["type"], schema_version=row["schema_version"],
            subject=row["subject"], time=datetime.fromisoformat(row["time"] + "+00:00"), epoch="bench",
            version=row["version"], sequence=self._sequence, sealed=row["body"],
        ))
        return Signed(
            row["id"], "sv.hub", row["type"], row["exchange"], row["routing_key"], body, self._ring.sign(body)
        )


class Writer:
    """Rows of the model with other ids; what is sealed is sealed under the person's key."""

    def __init__(self, run: Run) -> None:
        self._model = json.loads(Path(run.model).read_text())
        tables: Mapping[str, list[dict[str, object]]] = {**self._model["hub"], **self._model["ledger"]}
        self.columns = {name: tuple(rows[0]) for name, rows in tables.items()}
        self.columns |= {"inbox": INBOX, "person_keys": PERSON_KEYS}
        self._master = AESGCM(secrets.token_bytes(32))

    def inserts(self, table: str, *, placeholder: str = "%s") -> str:
        """The insert of a table; ``placeholder`` stands for its values (``%s`` for psycopg2's execute_values)."""
        names = ", ".join(f'"{name}"' for name in self.columns[table])
        skipping = " ON CONFLICT DO NOTHING" if table in DUPLICATES_SKIPPED else ""
        return f"INSERT INTO {table} ({names}) VALUES {placeholder}{skipping}"

    def inbox_row(self, envelope: Envelope) -> tuple[object, ...]:
        """Its id: taken once."""
        return (envelope.id, envelope.source, envelope.epoch, envelope.sequence, datetime.now(envelope.time.tzinfo))

    def wrapped_key(self, person: str) -> tuple[AESGCM, bytes]:
        """A new key for a person, and as it is kept."""
        key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        return AESGCM(key), nonce + self._master.encrypt(nonce, key, person.encode())

    def tuples(self, tables: Mapping[str, Sequence[Mapping[str, object]]], person: str, key: AESGCM | None) -> Rows:
        """Rows as a driver takes them."""
        return {
            name: [tuple(_value(name, value, row, person, key) for name, value in row.items()) for row in rows]
            for name, rows in tables.items()
        }


def _value(column: str, value: object, row: Mapping[str, object], person: str, key: AESGCM | None) -> object:
    if column == "sealed":
        if value is None or key is None:
            return None
        nonce = secrets.token_bytes(12)
        bound = orjson.dumps([person, row["id"]])
        return b"\x01" + nonce + key.encrypt(nonce, orjson.dumps(value), bound)
    if isinstance(value, dict):
        [(kind, text)] = value.items()
        return _READERS[kind](text)
    return value


_READERS: Mapping[str, Callable[[str], object]] = {
    "moment": datetime.fromisoformat, "day": date.fromisoformat, "json": str,
}
"""What JSON has no kind for, as ``model.json`` writes it."""


class HubSide(Writer):
    """What a hub does with one case."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.ring = run.keyring("hub")
        self._text = json.dumps({"hub": self._model["hub"], "says": self._model["says"]})
        case = self._model["hub"]["cases"][0]
        self._case = {name: str(case[column]) for name, column in _CASE_IDS.items()}
        self._others = _own_ids(self._model)
        self._sequences: dict[str, int] = {}
        self._epoch = f"bench-{os.getpid()}"  # each process of a pool counts for itself

    def take(self, body: bytes, signature: str) -> Work:
        """Verify, open, and make the rows and events of one case."""
        source = self.ring.verify(body, signature)
        envelope = from_bytes(body)
        label = Label(envelope.id, envelope.type, envelope.version, source, self.ring.me)
        data = self.ring.open(envelope.sealed or "", label)
        text = self._text
        for name, old in self._case.items():
            text = text.replace(old, str(data[name]))
        for old in self._others:
            text = text.replace(old, new_id())
        made = orjson.loads(text)
        made["hub"]["cases"][0]["sealed"] = data["details"]
        person = str(data["person_id"])
        key, wrapped = self.wrapped_key(person)
        rows: Rows = {"inbox": [self.inbox_row(envelope)], "person_keys": [(person, wrapped)]}
        rows |= self.tuples(made["hub"], person, key)
        return Work(envelope.id, rows, made["says"])

    def say(self, said: Mapping[str, object]) -> tuple[Label, str]:
        """Seal one event for its destination."""
        node, _, name = str(said["to"]).partition(".")
        label = Label(str(said["id"]), str(said["type"]), int(str(said["version"])), self.ring.me, Address(node, name))
        return label, self.ring.seal(said["data"], label)  # type: ignore[arg-type]

    def signed(self, said: Mapping[str, object], sealed: str) -> Signed:
        """Give one sealed event its place, and sign it."""
        to = str(said["to"])
        self._sequences[to] = place = self._sequences.get(to, 0) + 1
        body = to_bytes(Envelope(
            id=str(said["id"]), source=self.ring.me.source, type=str(said["type"]),
            schema_version=int(str(said["schema_version"])), subject=str(said["subject"]),
            time=datetime.fromisoformat(str(said["time"])), epoch=self._epoch, version=int(str(said["version"])),
            sequence=place, sealed=sealed,
        ))
        return Signed(
            str(said["id"]), to, str(said["type"]), str(said["exchange"]), str(said["routing_key"]), body,
            self.ring.sign(body),
        )

    def messages(self, work: Work) -> list[Signed]:
        """All that one case makes the hub say."""
        return [self.signed(said, self.say(said)[1]) for said in work.says]


class NotificationsSide(Writer):
    """What notifications does with one event."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.ring = run.keyring("notifications")
        self._ledger = {row["institution"]: row for row in self._model["ledger"]["notifications"]}
        self._known = self._model["ledger"]["referrals_known"][0]

    def take(self, body: bytes, signature: str) -> Work:
        """Verify, open, and make the ledger's rows."""
        source = self.ring.verify(body, signature)
        envelope = from_bytes(body)
        label = Label(envelope.id, envelope.type, envelope.version, source, self.ring.me)
        data = self.ring.open(envelope.sealed or "", label)
        row = {
            **self._ledger[data["institution"]], "id": new_id(), "event_id": envelope.id,
            "referral_id": data["referral_id"], "case_id": data["case_id"],
        }
        known = {**self._known, "referral_id": data["referral_id"]}
        rows: Rows = {"inbox": [self.inbox_row(envelope)]}
        return Work(envelope.id, rows | self.tuples({"referrals_known": [known], "notifications": [row]}, "", None))


_CASE_IDS = {"case_id": "id", "case_code": "code", "person_id": "person_id", "consent_id": "consent_id"}
"""Names in the event, columns in the table."""


def _own_ids(model: Mapping[str, object]) -> list[str]:
    """The ids that a hub makes for each case: decision, referrals, history, events."""
    hub = model["hub"]
    found = [row["id"] for name in ("decisions", "referrals", "referral_history") for row in hub[name]]  # type: ignore[index]
    found += [said["id"] for said in model["says"]]  # type: ignore[attr-defined]
    return list(dict.fromkeys(found))
