"""The key files of a network: each address's private keys in a folder of its own, one set of public keys for all.

``generate`` writes, for each address, ``ADDRESS/keys.json`` (mode 600) and ``ADDRESS/master.key`` (mode 600,
what ``vault.py`` wraps with), and ``trust.json`` beside them and again in every folder, so that one folder is
all that a machine needs. Nothing that exists is replaced: run it again when a window is added.
"""

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.contracts.addresses import Address
from shared.errors import ConfigError
from shared.files import write_whole

KEY_FILE = "keys.json"
MASTER_FILE = "master.key"
TRUST_FILE = "trust.json"
STORE_FILE = "store.json"
"""Where a window's key store is locked (``store_file.py``), in the place of the master key."""

_KID = re.compile(r"[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}\.(?:enc|sig)\.[0-9a-f]{16}")


class Use(StrEnum):
    """What a key pair is for; the words of JWK."""

    SEAL = "enc"
    SIGN = "sig"


_CURVES: Mapping[Use, str] = {Use.SEAL: "X25519", Use.SIGN: "Ed25519"}
_MAKES: Mapping[Use, Callable[[], X25519PrivateKey | Ed25519PrivateKey]] = {
    Use.SEAL: X25519PrivateKey.generate,
    Use.SIGN: Ed25519PrivateKey.generate,
}


@dataclass(frozen=True)
class NodeKey:
    """One key of one address; ``jwk`` holds the private part (``d``) only at its owner. A later one is newer."""

    address: Address
    use: Use
    kid: str
    jwk: Mapping[str, str]


def generate(folder: Path, addresses: Iterable[Address], *, now: datetime) -> list[Address]:
    """Make the keys that are missing for ``addresses``; gives those that got new ones.

    Done twice it changes nothing; cut off half way it is completed by doing it again.
    """
    trust_file = folder / TRUST_FILE
    made: list[Address] = []
    public = list(read_trust(trust_file)) if trust_file.exists() else []
    for address in sorted(set(addresses)):
        own = folder / address.key
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (own / KEY_FILE).exists():
            fresh = [_new_key(address, use, now) for use in Use]
            write_whole(own / KEY_FILE, private_file(address, fresh))
            made.append(address)
        if not (own / MASTER_FILE).exists() and not (own / STORE_FILE).exists():
            write_whole(own / MASTER_FILE, secrets.token_hex(32).encode() + b"\n")
        known = {key.kid for key in public}
        public += [_public(key) for key in read_private(own / KEY_FILE)[1] if key.kid not in known]
    _publish(folder, public)
    return made


def private_file(address: Address, keys: Sequence[NodeKey]) -> bytes:
    """What a key file holds."""
    told = {"address": address.source, "keys": [entry_of(key) for key in keys]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"


def read_private(file: Path) -> tuple[Address, Sequence[NodeKey]]:
    """An address and its private keys, one to sign with at least; ``ConfigError`` when the file is not so.

    Those that open what is sealed are elsewhere where the key store is locked.
    """
    raw = _read(file)
    try:
        address = Address.from_source(str(raw["address"]))
        keys = [_key(entry, address) for entry in _entries(raw)]
        if Use.SIGN not in {key.use for key in keys} or any("d" not in key.jwk for key in keys):
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        message = f"{file} does not hold a node's keys."
        raise ConfigError(message) from error
    return address, keys


def read_trust(file: Path) -> Sequence[NodeKey]:
    """The public keys of the network; ``ConfigError`` for one that is malformed, doubled, or private."""
    raw = _read(file)
    try:
        return public_keys(_entries(raw))
    except (KeyError, TypeError, ValueError) as error:
        message = f"{file} does not hold the network's public keys."
        raise ConfigError(message) from error


def public_keys(entries: Sequence[Mapping[str, str]]) -> Sequence[NodeKey]:
    """Public keys as ``entry_of`` wrote them; ``KeyError``, ``TypeError`` or ``ValueError`` when they are not so."""
    keys = [_key(entry, Address.from_source(entry["address"])) for entry in entries]
    if len({key.kid for key in keys}) != len(keys) or any("d" in key.jwk for key in keys):
        message = "a key is told twice, or is private"
        raise ValueError(message)
    return keys


def write_trust(folder: Path, keys: Sequence[NodeKey]) -> None:
    """Pin these public keys in a folder, in the place of those that were there."""
    _write(folder / TRUST_FILE, {"keys": [entry_of(key) for key in keys]}, 0o644)


def read_master(folder: Path) -> bytes:
    """The 32 bytes under which this node wraps its persons' keys; ``ConfigError`` when the file is not so."""
    file = folder / MASTER_FILE
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        message = f"{file} cannot be read as a master key (ventanilla keys generate makes one)."
        raise ConfigError(message) from error
    if len(key) != 32:
        message = f"{file} holds {len(key)} bytes, not the 32 of a master key."
        raise ConfigError(message)
    return key


def _new_key(address: Address, use: Use, now: datetime) -> NodeKey:
    private = _MAKES[use]()
    public = private.public_key().public_bytes_raw()
    jwk = {
        "kty": "OKP",
        "crv": _CURVES[use],
        "x": _b64(public),
        "d": _b64(private.private_bytes_raw()),
        "created": now.isoformat(),
    }
    return NodeKey(address, use, _kid(address, use, public), jwk)


def sealing_key(address: Address, private: bytes) -> NodeKey:
    """A sealing key pair from its private bytes."""
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    jwk = {"kty": "OKP", "crv": _CURVES[Use.SEAL], "x": _b64(public), "d": _b64(private)}
    return NodeKey(address, Use.SEAL, _kid(address, Use.SEAL, public), jwk)


def _kid(address: Address, use: Use, public: bytes) -> str:
    """An address's name, what the key is for, and the key's own fingerprint: no kid can stand for another key."""
    return f"{address.key}.{use.value}.{hashlib.sha256(public).hexdigest()[:16]}"


def _key(entry: Mapping[str, str], address: Address) -> NodeKey:
    use, kid = Use(entry["use"]), entry["kid"]
    public = urlsafe_b64decode(entry["x"] + "=")
    if not _KID.fullmatch(kid) or kid != _kid(address, use, public) or entry["crv"] != _CURVES[use]:
        message = "kid, key and address do not agree"
        raise ValueError(message)
    jwk = {name: value for name, value in entry.items() if name in {"kty", "crv", "x", "d", "created"}}
    return NodeKey(address, use, kid, jwk)


def _entries(raw: Mapping[str, object]) -> list[dict[str, str]]:
    keys = raw["keys"]
    if not isinstance(keys, list):
        raise TypeError
    return keys


def _public(key: NodeKey) -> NodeKey:
    return NodeKey(key.address, key.use, key.kid, {name: value for name, value in key.jwk.items() if name != "d"})


def entry_of(key: NodeKey) -> dict[str, str]:
    """A key as it stands in a file or a row."""
    return {"address": key.address.source, "use": key.use.value, "kid": key.kid, **key.jwk}


def _publish(folder: Path, public: Sequence[NodeKey]) -> None:
    for place in (folder, *sorted({folder / key.address.key for key in public})):
        if place.is_dir():
            write_trust(place, public)


def _read(file: Path) -> dict[str, object]:
    try:
        raw = orjson.loads(file.read_bytes())
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror} (ventanilla keys generate makes it)."
        raise ConfigError(message) from error
    except orjson.JSONDecodeError as error:
        message = f"{file} is not JSON."
        raise ConfigError(message) from error
    if not isinstance(raw, dict):
        message = f"{file} is not a JSON object."
        raise ConfigError(message)
    return raw


def _write(file: Path, content: Mapping[str, object], mode: int = 0o600) -> None:
    write_whole(file, orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n", mode)


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
