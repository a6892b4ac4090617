"""Personal data at rest: one data key per person, wrapped by the node's master key, kept apart from the data.

The master key and (at a window) ``persons.sqlite`` lie in the folder ``KEY_STORE``; a hub with replicas keeps the
wrapped keys in another PostgreSQL database (``KEY_STORE_URL``). Neither goes into the backups of the data: what
was sealed under a key that is gone stays closed (domain.md, Duplicates, families, retention). A forgotten
person's id stays as a tombstone, so that no replay or restore of the data gives them a new key.

A key is kept before the record that needs it; if that record is never committed, a key for nobody remains, which
is harmless. Read and ensure many at once: each miss is a query, each new person a commit.
"""

import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.errors import Broken, Refused, TryAgain
from shared.persistence.columns import Moment
from shared.persistence.engine import Database, open_database
from shared.security.key_cache import KeyCache
from shared.security.key_store import KeyStore, Locked, PlainStore

_FORMAT = b"\x01"
"""The first byte of all that is sealed here: AES-256-GCM, 12 bytes of nonce, ciphertext with tag."""
_NONCE = 12
_MANY = 400
"""Ids in one statement; SQLite once took 999 parameters at most."""
_CHECKPOINT_PATIENCE = 5.0
"""Seconds to wait for readers to leave the write-ahead log before forgetting says try again."""
_LOCK = 0x7665_6E74
"""PostgreSQL's advisory lock under which replicas make the table once."""


class Erased(Refused):
    """The person was forgotten: nothing of theirs can be opened again."""

    def __init__(self) -> None:
        super().__init__("erased")


class Vault:
    """Seals and opens personal data of one node. Safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        url: str | None = None,
        *,
        keys: KeyStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the store of ``folder``, its persons' keys in ``url`` when given; makes its table when new.

        Raises ``ConfigError`` without a master key or for a wrong URL, ``TryAgain`` while the store is away.
        ``keys`` give the master key (left out: the folder's plain file); while they are locked every act on the
        vault is ``Locked`` but ``forget``. ``clock`` counts seconds for the cache.
        """
        self._cache = KeyCache(clock)
        self._store = keys or PlainStore(folder)
        self._made: _Made | None = None
        self._store.when_dropped(self._forget_keys)
        if self._store.is_open:
            self._now()
        self._file = None if url else folder / "persons.sqlite"
        self._database: Database = open_database(url or f"sqlite:///{self._file}", pool_size=4)
        self._keys = _keys_table(MetaData())
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            self._keys.metadata.create_all(connection)

    def close(self) -> None:
        """Let go of the store's connections."""
        self._database.close()

    def ensure(self, person_ids: Iterable[str]) -> frozenset[str]:
        """Make keys for those who have none and hold all at hand: one commit however many are new.

        A forgotten person gets none, and is no error here: sealing for them is ``Erased``; they are given back. Two
        processes that meet both end with the key that was written first.
        """
        return frozenset(person for person, key in self._ensured(list(person_ids)).items() if key is None)

    def load(self, person_ids: Iterable[str]) -> None:
        """Hold the keys of these persons at hand, in few queries: before opening many records."""
        self._loaded(list(person_ids))

    def seal(self, person_id: str, record_id: str, data: Mapping[str, object]) -> bytes:
        """Close one record of one person, making their key when they have none; ``Erased`` when forgotten.

        ``data`` are JSON values. The ids are bound in: the bytes open as this record of this person only.
        """
        key = self._key(person_id, make=True)
        return _closed(key, orjson.dumps(data), _bound(person_id, record_id))

    def open(self, person_id: str, record_id: str, sealed: bytes) -> dict[str, object]:
        """What ``seal`` closed. ``Erased`` when the person was forgotten.

        ``Broken`` when the bytes were changed, are another record's, or the store never had this person's key.
        """
        plain = _opened(self._key(person_id, make=False), sealed, _bound(person_id, record_id))
        data: dict[str, object] = orjson.loads(plain)
        return data

    def forget(self, person_id: str, *, now: datetime) -> None:
        """Destroy a person's key, for ever; returns when its bytes are gone from the store's files.

        Twice, or for somebody never known: the same, a tombstone. ``TryAgain`` when readers keep SQLite's log
        busy: the key is deleted then but its bytes may remain, so forget again. Other replicas may still open
        for as long as ``KeyCache`` holds a key (a minute).
        """
        with self._database.write() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            tombstone = {"wrapped": None, "forgotten_at": now}
            connection.execute(insert(self._keys).values(person_id=person_id).on_conflict_do_nothing())
            forgotten = (self._keys.c.person_id == person_id) & self._keys.c.forgotten_at.is_(None)
            connection.execute(update(self._keys).where(forgotten).values(tombstone))
        self._cache.drop(person_id)
        if self._file is not None:
            _checkpoint(self._file)

    def tombstones(self) -> dict[str, datetime]:
        """Everybody who was forgotten, and when: ids alone, to be kept beside every copy of the data."""
        with self._database.read() as connection:
            query = select(self._keys.c.person_id, self._keys.c.forgotten_at).where(self._keys.c.wrapped.is_(None))
            return {row.person_id: row.forgotten_at for row in connection.execute(query)}

    def bury(self, tombstones: Mapping[str, datetime]) -> None:
        """Nobody of these gets a key, or has one back that an older copy of the store still held."""
        for person_id, forgotten_at in sorted(tombstones.items()):
            self.forget(person_id, now=forgotten_at)

    def without_key(self, person_ids: Iterable[str]) -> frozenset[str]:
        """Which of these persons this store never heard of: it does not belong to their data."""
        wanted = frozenset(person_ids)
        return wanted - {person for person, _ in self._rows(wanted)}

    def forgotten(self, person_ids: Iterable[str]) -> frozenset[str]:
        """Which of these persons were forgotten."""
        return frozenset(person for person, wrapped in self._rows(person_ids) if wrapped is None)

    def seal_local(self, plain: bytes, /) -> bytes:
        """Close bytes for this node alone, under no person's key (answers kept for an ``Idempotency-Key``)."""
        return _closed(self._now().local, plain, b"local")

    def open_local(self, sealed: bytes, /) -> bytes:
        """What ``seal_local`` closed; ``Broken`` when it was changed or is another node's."""
        return _opened(self._now().local, sealed, b"local")

    def lookup(self, token: str) -> str:
        """A keyed hash of a normalised token (``dui:012345678``): equal for equal tokens, at this node only."""
        return hmac.new(self._now().lookup, token.encode(), sha256).hexdigest()[:32]

    def _now(self) -> "_Made":
        """What is made of the master key; ``Locked`` while it is not there, or when it went meanwhile."""
        made = self._made
        if made is None:
            self._made = made = _made_of(self._store.master())
            if not self._store.is_open:
                self._forget_keys()
                raise Locked
        return made

    def _forget_keys(self) -> None:
        self._made = None
        self._cache.clear()

    def _key(self, person_id: str, *, make: bool) -> AESGCM:
        self._now()
        key = self._cache.get(person_id)
        if key is not None:
            return key
        found = self._ensured([person_id]) if make else self._loaded([person_id])
        if person_id not in found:
            message = "the key store has no key for a person in the data: they do not belong together"
            raise Broken(message)
        key = found[person_id]
        if key is None:
            raise Erased
        return key

    def _ensured(self, person_ids: Sequence[str]) -> dict[str, AESGCM | None]:
        found = self._loaded(person_ids)
        missing = sorted(set(person_ids) - found.keys())
        if not missing:
            return found
        rows = [{"person_id": person, "wrapped": self._wrap(person, secrets.token_bytes(32))} for person in missing]
        with self._database.write() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            for start in range(0, len(rows), _MANY):
                connection.execute(insert(self._keys).values(rows[start : start + _MANY]).on_conflict_do_nothing())
        return found | self._loaded(missing)

    def _loaded(self, person_ids: Sequence[str]) -> dict[str, AESGCM | None]:
        """The keys of these persons, None for the forgotten; who has no row is left out."""
        generation = self._cache.generation
        found: dict[str, AESGCM | None] = {}
        for person in person_ids:
            key = self._cache.get(person)
            if key is not None:
                found[person] = key
        asked = [person for person in dict.fromkeys(person_ids) if person not in found]
        fresh = {person: self._unwrap(person, wrapped) for person, wrapped in self._rows(asked)}
        self._cache.put({person: key for person, key in fresh.items() if key is not None}, generation)
        return found | fresh

    def _rows(self, person_ids: Iterable[str]) -> Sequence[tuple[str, bytes | None]]:
        wanted = list(person_ids)
        rows: list[tuple[str, bytes | None]] = []
        if not wanted:
            return rows
        with self._database.read() as connection:
            for start in range(0, len(wanted), _MANY):
                among = self._keys.c.person_id.in_(wanted[start : start + _MANY])
                query = select(self._keys.c.person_id, self._keys.c.wrapped).where(among)
                rows += [(row.person_id, row.wrapped) for row in connection.execute(query)]
        return rows

    def _wrap(self, person_id: str, key: bytes) -> bytes:
        return _closed(self._now().wrapping, key, person_id.encode())

    def _unwrap(self, person_id: str, wrapped: bytes | None) -> AESGCM | None:
        return None if wrapped is None else AESGCM(_opened(self._now().wrapping, wrapped, person_id.encode()))


def _keys_table(metadata: MetaData) -> Table:
    """One row per person; ``wrapped`` is NULL once they are forgotten."""
    return Table(
        "person_keys",
        metadata,
        Column("person_id", String(64), primary_key=True),
        Column("wrapped", LargeBinary),
        Column("forgotten_at", Moment),
    )


@dataclass(frozen=True)
class _Made:
    """The keys for persons' keys, for this node's own records, and for look-ups."""

    wrapping: AESGCM
    local: AESGCM
    lookup: bytes


def _made_of(master: bytes | bytearray) -> _Made:
    return _Made(
        AESGCM(_derived(master, b"ventanilla wrap 1")),
        AESGCM(_derived(master, b"ventanilla local 1")),
        _derived(master, b"ventanilla lookup 1"),
    )


def _derived(master: bytes | bytearray, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(master)


def _bound(person_id: str, record_id: str) -> bytes:
    return orjson.dumps([person_id, record_id])


def _closed(key: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + key.encrypt(nonce, plain, bound)


def _opened(key: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if sealed[:1] != _FORMAT:
        message = "sealed bytes of an unknown format"
        raise Broken(message)
    try:
        return key.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound)
    except (InvalidTag, ValueError) as error:
        message = "sealed bytes were changed, or belong to another record or node"
        raise Broken(message) from error


def _checkpoint(file: Path) -> None:
    """Move the write-ahead log into the file and empty it; with ``secure_delete`` nothing of the key is left."""
    deadline = time.monotonic() + _CHECKPOINT_PATIENCE
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] != 0:
            if time.monotonic() > deadline:
                message = "the key store's log is being read; the key is deleted but not yet wiped"
                raise TryAgain(message)
            time.sleep(0.02)
    finally:
        connection.close()
