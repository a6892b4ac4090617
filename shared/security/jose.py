"""The two compact forms of our profile (anchors-reliability.md, 5), on the primitives of ``cryptography``.

JWE (RFC 7516) with ECDH-ES+A256KW on X25519 (RFC 7518, 4.6) and A256GCM; JWS (RFC 7515) with Ed25519, its payload
detached. Nothing is negotiated: whoever calls has compared the whole header before. ``tests/unit/security`` holds
each against joserfc in both directions; a library that can do everything took twice the time for the same bytes.
"""

import hashlib
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

import orjson
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

SEALING = "ECDH-ES+A256KW"
CONTENT = "A256GCM"
SIGNING = "Ed25519"

_NONCE, _TAG = 12, 16
"""Bytes, as A256GCM has them."""


class NotOurs(Exception):
    """The bytes were changed, or belong to another key."""


def encrypt(header: Mapping[str, str], plain: bytes, to: X25519PublicKey) -> str:
    """A compact JWE. ``header`` has ``alg``, ``enc``, ``kid``, ``apu`` and ``apv``; the ephemeral key is added here."""
    ephemeral = X25519PrivateKey.generate()
    public = {"kty": "OKP", "crv": "X25519", "x": b64(ephemeral.public_key().public_bytes_raw())}
    protected = b64(orjson.dumps({**header, "epk": public}))
    content_key, nonce = secrets.token_bytes(32), secrets.token_bytes(_NONCE)
    wrapped = aes_key_wrap(_wrapping_key(ephemeral.exchange(to), header), content_key)
    closed = AESGCM(content_key).encrypt(nonce, plain, protected.encode())
    return ".".join((protected, b64(wrapped), b64(nonce), b64(closed[:-_TAG]), b64(closed[-_TAG:])))


def decrypt(token: str, header: Mapping[str, str], ephemeral: str, mine: X25519PrivateKey) -> bytes:
    """What ``encrypt`` closed; ``header`` and ``ephemeral`` (its ``x``) were read from the token and compared."""
    protected, *parts = token.split(".")
    try:
        wrapped, nonce, ciphertext, tag = map(unb64, parts)
        if (len(nonce), len(tag)) != (_NONCE, _TAG):
            raise NotOurs
        shared = mine.exchange(X25519PublicKey.from_public_bytes(unb64(ephemeral)))
        content_key = aes_key_unwrap(_wrapping_key(shared, header), wrapped)
        return AESGCM(content_key).decrypt(nonce, ciphertext + tag, protected.encode())
    except (InvalidTag, InvalidUnwrap, ValueError) as error:
        raise NotOurs from error


def sign(protected: str, body: bytes, mine: Ed25519PrivateKey) -> str:
    """The signature part of a JWS over ``body`` under the encoded header ``protected``."""
    return b64(mine.sign(_signed(protected, body)))


def verify(protected: str, body: bytes, signature: str, theirs: Ed25519PublicKey) -> None:
    """Whether ``sign`` made it over exactly these bytes; ``NotOurs`` if not."""
    try:
        theirs.verify(unb64(signature), _signed(protected, body))
    except (InvalidSignature, ValueError) as error:
        raise NotOurs from error


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text: str) -> bytes:
    """The reverse; ``ValueError`` for what is none."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(protected: str, body: bytes) -> bytes:
    return protected.encode() + b"." + urlsafe_b64encode(body).rstrip(b"=")


def _wrapping_key(shared: bytes, header: Mapping[str, str]) -> bytes:
    """Concat KDF (RFC 7518, 4.6.2); 256 bits are one round of SHA-256."""
    parties = _with_length(unb64(header["apu"])) + _with_length(unb64(header["apv"]))
    info = _with_length(SEALING.encode()) + parties + struct.pack(">I", 256)
    return hashlib.sha256(struct.pack(">I", 1) + shared + info).digest()


def _with_length(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part
