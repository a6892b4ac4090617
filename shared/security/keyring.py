"""Who speaks, and for whose eyes alone: sealed parts (JWE) and signatures (JWS) of one address.

Profile: anchors-reliability.md, 5. JWE compact ``ECDH-ES+A256KW`` on X25519 with ``A256GCM``; detached JWS
``Ed25519``. Keys come from the pinned set of ``trust.json`` alone; a header with anything else in it
(``zip``, ``crit``, ``jwk``, ``jku`` …) is refused before anything is computed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from shared.contracts.addresses import Address
from shared.errors import Broken, Refused, Unreadable
from shared.security import jose
from shared.security.jose import CONTENT, SEALING, SIGNING, NotOurs
from shared.security.key_store import KeyStore, PlainStore
from shared.security.keys import KEY_FILE, TRUST_FILE, NodeKey, Use, read_private, read_trust

MOST_SEALED = 32 * 1024
"""Bytes of plaintext. A peer that opens with joserfc takes no more than about 48 kB: so the limit is set when sealing."""

_SEALED_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,1024}(?:\.[A-Za-z0-9_-]{1,65536}){4}")
_SIGNATURE_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,300})\.\.([A-Za-z0-9_-]{86})")


@dataclass(frozen=True)
class Label:
    """What stands on the envelope and again inside the sealed part; the two are compared at opening."""

    id: str
    type: str
    version: int
    sender: Address
    to: Address


class Keyring:
    """One address's private keys and the public keys of all that it knows; every key is imported once."""

    def __init__(self, folder: Path, keys: KeyStore | None = None) -> None:
        """Read a node's folder; ``ConfigError`` names the file that is missing or not right.

        ``keys`` may be locked: then all is done but opening. Left out: the folder's plain files.
        """
        self.me, private = read_private(folder / KEY_FILE)
        self._keys = keys or PlainStore(folder)
        if self._keys.is_open:
            self._keys.opening()
        self._pinned = read_trust(folder / TRUST_FILE)
        signing = [key for key in private if key.use is Use.SIGN][-1]
        self._signing = Ed25519PrivateKey.from_private_bytes(_raw(signing.jwk, "d"))
        self._signing_header = jose.b64(orjson.dumps({"alg": SIGNING, "kid": signing.kid}))
        self._sealing: dict[Address, tuple[str, X25519PublicKey]] = {}
        self._verifying: dict[str, tuple[Address, Ed25519PublicKey]] = {}
        self.trust([])

    @classmethod
    def load(cls, folder: Path, keys: KeyStore | None = None) -> "Keyring":
        """The keyring kept in ``folder``; ``ConfigError`` names the file that is missing or not right."""
        return cls(folder, keys)

    def trust(self, keys: Sequence[NodeKey]) -> None:
        """Believe these public keys beside those of ``trust.json``: of an address that is named here, these alone.

        They take the place of those that were given before.
        """
        named = {key.address for key in keys}
        trusted = [*(key for key in self._pinned if key.address not in named), *keys]
        self._sealing = {
            key.address: (key.kid, X25519PublicKey.from_public_bytes(_raw(key.jwk, "x")))
            for key in trusted
            if key.use is Use.SEAL
        }
        self._verifying = {
            key.kid: (key.address, Ed25519PublicKey.from_public_bytes(_raw(key.jwk, "x")))
            for key in trusted
            if key.use is Use.SIGN
        }

    def kids_of(self, address: Address) -> frozenset[str]:
        """The keys that are believed to be this address's."""
        signing = {kid for kid, (owner, _) in self._verifying.items() if owner == address}
        return frozenset(signing | ({self._sealing[address][0]} if address in self._sealing else set()))

    def knows(self, address: Address) -> bool:
        """Whether something can be sealed for this address."""
        return address in self._sealing

    def seal(self, data: Mapping[str, object], label: Label) -> str:
        """Close ``data`` for ``label.to`` alone; ``Refused`` (``too_large``) above 32 kB.

        ``Broken`` when the label names another sender than me, or a destination whose key is not pinned.
        """
        if label.sender != self.me or label.to not in self._sealing:
            message = f"no seal from {label.sender.source} to {label.to.source} can be made here"
            raise Broken(message)
        plain = orjson.dumps({"label": _written(label), "data": data})
        if len(plain) > MOST_SEALED:
            raise Refused("too_large")
        kid, key = self._sealing[label.to]
        return jose.encrypt(_protected(kid, label), plain, key)

    def open(self, token: str, label: Label) -> dict[str, object]:
        """What ``seal`` closed, when it was closed for me and for this very envelope; else ``Unreadable``.

        ``Locked`` while my keys are.
        """
        mine = self._keys.opening()
        kid, ephemeral = _sealed_for(token, label, mine)
        try:
            inside = orjson.loads(jose.decrypt(token, _protected(kid, label), ephemeral, mine[kid]))
        except (NotOurs, ValueError) as error:
            message = f"the sealed part cannot be opened: {type(error).__name__}"
            raise Unreadable(message) from error
        if not isinstance(inside, dict) or inside.get("label") != _written(label) or label.to != self.me:
            message = "the sealed part belongs to another envelope"
            raise Unreadable(message)
        data = inside.get("data")
        if not isinstance(data, dict):
            message = "the sealed part holds no data"
            raise Unreadable(message)
        return data

    def sign(self, body: bytes) -> str:
        """A detached signature over exactly these bytes."""
        return f"{self._signing_header}..{jose.sign(self._signing_header, body, self._signing)}"

    def verify(self, body: bytes, signature: str) -> Address:
        """Whose signature over exactly these bytes this is; ``Unreadable`` when it is nobody's whom I know."""
        match = _SIGNATURE_SHAPE.fullmatch(signature)
        header = _header(match[1]) if match else {}
        known = self._verifying.get(str(header.get("kid")))
        if known is None or match is None or header != {"alg": SIGNING, "kid": header["kid"]}:
            message = "the signature is not of a known key"
            raise Unreadable(message)
        address, key = known
        try:
            jose.verify(match[1], body, match[2], key)
        except NotOurs as error:
            message = "the signature does not fit the body"
            raise Unreadable(message) from error
        return address


def _raw(jwk: Mapping[str, str], part: str) -> bytes:
    return jose.unb64(jwk[part])


def _written(label: Label) -> dict[str, object]:
    return {
        "id": label.id,
        "type": label.type,
        "version": label.version,
        "from": label.sender.source,
        "to": label.to.source,
    }


def _protected(kid: str, label: Label) -> dict[str, str]:
    parties = {"apu": jose.b64(label.sender.source.encode()), "apv": jose.b64(label.to.source.encode())}
    return {"alg": SEALING, "enc": CONTENT, "kid": kid, **parties}


def _sealed_for(token: str, label: Label, mine: Mapping[str, X25519PrivateKey]) -> tuple[str, str]:
    """Kid and ephemeral key of a sealed part whose header says exactly what it must; ``Unreadable`` else."""
    header = _header(token.partition(".")[0]) if _SEALED_SHAPE.fullmatch(token) else {}
    kid, ephemeral = header.get("kid"), header.get("epk")
    if not isinstance(kid, str) or kid not in mine or header != {**_protected(kid, label), "epk": ephemeral}:
        message = "the sealed part is not for a key of mine, or not sealed as agreed"
        raise Unreadable(message)
    if not isinstance(ephemeral, dict) or set(ephemeral) != {"kty", "crv", "x"} or ephemeral["crv"] != "X25519":
        message = "the sealed part has no proper ephemeral key"
        raise Unreadable(message)
    return kid, str(ephemeral["x"])


def _header(segment: str) -> dict[str, object]:
    try:
        header = orjson.loads(jose.unb64(segment))
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}
