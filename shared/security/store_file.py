"""The file of a locked key store: its secrets under a random key, and that key under whoever may open it.

The store key is wrapped once for each member of staff under their password (Argon2id, own salt, nothing in common
with the hash that signs them in), and once for a recovery key whose private part the coordination keeps offline.
"""

import fcntl
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import orjson
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.files import write_whole
from shared.security import jose

KEY_BYTES, NONCE_BYTES, SALT_BYTES = 32, 12, 16


@dataclass(frozen=True)
class Hardness:
    """Argon2id's cost: passes, KiB of memory, lanes; kept beside each wrap, so that it may be raised later."""

    passes: int = 3
    memory: int = 64 * 1024
    lanes: int = 1


@dataclass(frozen=True)
class Wrap:
    """The store key under one password. ``once``: under a code that opens a single time.

    ``going``: of somebody who should open it no longer, kept because nothing else would; the next wrap ends it.
    """

    salt: bytes
    hardness: Hardness
    wrapped: bytes
    once: bool = False
    going: bool = False

    def for_once(self) -> "Wrap":
        """The same, but spent when it opens."""
        return replace(self, once=True)


@dataclass(frozen=True)
class Secrets:
    """What the store keeps: the master key, and the private sealing keys by kid."""

    master: bytes
    sealing: Mapping[str, bytes]


@dataclass(frozen=True)
class StoreFile:
    """All of it; nothing here opens without a password or the recovery key."""

    address: Address
    sealed: bytes
    staff: Mapping[str, Wrap] = field(default_factory=dict)
    recovery: str | None = None


@dataclass(frozen=True)
class RecoveryKey:
    """The coordination's key to every store that was protected for it; ``private`` is there in its own file alone."""

    kid: str
    public: bytes
    private: bytes | None = None

    def public_part(self) -> "RecoveryKey":
        """What a window gets."""
        return replace(self, private=None)


def sealed_store(address: Address, secret: Secrets, store_key: bytes | bytearray) -> StoreFile:
    """A store that nobody opens yet."""
    plain = orjson.dumps({"master": secret.master.hex(), "sealing": {kid: key.hex() for kid, key in secret.sealing.items()}})
    return StoreFile(address, _closed(store_key, plain, _of_secrets(address)))


def unsealed(store: StoreFile, store_key: bytes | bytearray) -> Secrets | None:
    """The secrets; None when this is not the store's key."""
    plain = _opened(store_key, store.sealed, _of_secrets(store.address))
    if plain is None:
        return None
    told = orjson.loads(plain)
    return Secrets(bytes.fromhex(told["master"]), {kid: bytes.fromhex(key) for kid, key in told["sealing"].items()})


def wrap_under(password: str, store_key: bytes | bytearray, *, address: Address, username: str) -> Wrap:
    """The store key under a password. Takes a fifth of a second of one core."""
    salt, hardness = secrets.token_bytes(SALT_BYTES), Hardness()
    return Wrap(salt, hardness, _closed(_derived(password, salt, hardness), store_key, _of_staff(address, username)))


def with_wrap(store: StoreFile, username: str, wrap: Wrap) -> StoreFile:
    """The store that also opens so; an older wrap of the same name gives way, and whoever was going is gone."""
    staying = {name: kept for name, kept in store.staff.items() if not kept.going}
    return replace(store, staff={**staying, username: wrap})


def without_wrap(store: StoreFile, username: str) -> StoreFile:
    """The store that no longer opens for this name.

    Never one that opens for nobody: all that it closes would be lost. The last wrap of a store without a recovery key
    stays until there is another.
    """
    others = {name: wrap for name, wrap in store.staff.items() if name != username}
    if not others and store.recovery is None:
        others = {username: replace(store.staff[username], going=True)}
    return replace(store, staff=others)


def key_by_password(store: StoreFile, username: str, password: str) -> bytes | None:
    """The store key by somebody's password; None when it does not open. As slow as ``wrap_under``."""
    wrap = store.staff.get(username)
    if wrap is None:
        return None
    return _opened(_derived(password, wrap.salt, wrap.hardness), wrap.wrapped, _of_staff(store.address, username))


def with_recovery(store: StoreFile, key: RecoveryKey, store_key: bytes | bytearray) -> StoreFile:
    """The store that also opens by the recovery key."""
    token = jose.encrypt(_header(store.address, key), bytes(store_key), X25519PublicKey.from_public_bytes(key.public))
    return replace(store, recovery=token)


def key_by_recovery(store: StoreFile, key: RecoveryKey) -> bytes | None:
    """The store key by the recovery key; None when the store was not protected for this one."""
    if store.recovery is None or key.private is None:
        return None
    try:
        told = orjson.loads(jose.unb64(store.recovery.partition(".")[0]))
        ephemeral, header = told.pop("epk")["x"], _header(store.address, key)
        if told != header:
            return None
        return jose.decrypt(store.recovery, header, ephemeral, X25519PrivateKey.from_private_bytes(key.private))
    except (jose.NotOurs, KeyError, TypeError, ValueError):
        return None


def new_recovery_key() -> RecoveryKey:
    """A fresh pair."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return RecoveryKey(_kid(public), public, private.private_bytes_raw())


def write_recovery_key(file: Path, key: RecoveryKey) -> None:
    """As a file: with its private part for its owner alone."""
    told = {"kid": key.kid, "public": key.public.hex(), **({"private": key.private.hex()} if key.private else {})}
    write_whole(file, orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n", 0o600 if key.private else 0o644)


def read_recovery_key(file: Path) -> RecoveryKey:
    """A recovery key, or its public part; ``ConfigError`` when the file is not one."""
    try:
        told = orjson.loads(file.read_bytes())
        public = bytes.fromhex(told["public"])
        private = bytes.fromhex(told["private"]) if "private" in told else None
        if told["kid"] != _kid(public) or len(public) != KEY_BYTES:
            raise ValueError
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise ConfigError(message) from error
    except (KeyError, TypeError, ValueError) as error:
        message = f"{file} is no recovery key (ventanilla keys recovery makes one)."
        raise ConfigError(message) from error
    return RecoveryKey(told["kid"], public, private)


def read_store(file: Path) -> StoreFile:
    """The store of a file; ``ConfigError`` when it is none."""
    try:
        told = orjson.loads(file.read_bytes())
        staff = {
            name: Wrap(bytes.fromhex(one["salt"]), Hardness(**one["hardness"]), bytes.fromhex(one["wrapped"]), one["once"], one["going"])
            for name, one in told["staff"].items()
        }
        return StoreFile(Address.from_source(told["address"]), bytes.fromhex(told["sealed"]), staff, told["recovery"])
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}."
        raise ConfigError(message) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{file} is no locked key store."
        raise ConfigError(message) from error


def write_store(file: Path, store: StoreFile) -> None:
    """Put it on the disk, whole or not at all."""
    told = {
        "address": store.address.source,
        "sealed": store.sealed.hex(),
        "recovery": store.recovery,
        "staff": {
            name: {"salt": wrap.salt.hex(), "hardness": vars(wrap.hardness), "wrapped": wrap.wrapped.hex(), "once": wrap.once, "going": wrap.going}
            for name, wrap in store.staff.items()
        },
    }
    write_whole(file, orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """One writer of a store at a time: the service, or a command beside it."""
    with file.with_name(f".{file.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _derived(password: str, salt: bytes, hardness: Hardness) -> bytes:
    """A password is taken as NIST SP 800-63B takes it: NFKC, then UTF-8."""
    typed = unicodedata.normalize("NFKC", password).encode()
    return hash_secret_raw(typed, salt, hardness.passes, hardness.memory, hardness.lanes, KEY_BYTES, Type.ID)


def _header(address: Address, key: RecoveryKey) -> dict[str, str]:
    parties = {"apu": jose.b64(address.source.encode()), "apv": jose.b64(b"recovery")}
    return {"alg": jose.SEALING, "enc": jose.CONTENT, "kid": key.kid, **parties}


def _kid(public: bytes) -> str:
    return f"recovery.{sha256(public).hexdigest()[:16]}"


def _of_secrets(address: Address) -> bytes:
    return orjson.dumps(["ventanilla store 1", address.source])


def _of_staff(address: Address, username: str) -> bytes:
    return orjson.dumps(["ventanilla store 1", address.source, "staff", username])


def _closed(key: bytes | bytearray, plain: bytes | bytearray, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _opened(key: bytes | bytearray, closed: bytes, bound: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return None
