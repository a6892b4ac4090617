"""What pages seal and sign with: a key of its own in the node's key folder, so that forms outlive a restart.

It is not the master key: that one may be locked while nobody is signed in, and a sign-in page must work then.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import ConfigError

PAGES_FILE = "pages.key"
_NONCE = 12


class PageSecrets:
    """Keys for one purpose each, derived from one."""

    def __init__(self, key: bytes) -> None:
        self.forms = _derived(key, b"ventanilla forms 1").hex()
        self._tags = _derived(key, b"ventanilla tags 1")
        self._seals = AESGCM(_derived(key, b"ventanilla carried 1"))

    @classmethod
    def load(cls, folder: Path) -> "PageSecrets":
        """Read the key of a node's key folder; makes it when it is missing, which two replicas may do at once.

        ``ConfigError`` when it can neither be read nor made.
        """
        file = folder / PAGES_FILE
        try:
            if not file.exists():
                _make(file)
            key = bytes.fromhex(file.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            message = f"{file} can be neither read nor made: pages need it to sign their forms."
            raise ConfigError(message) from error
        if len(key) != 32:
            message = f"{file} holds {len(key)} bytes, not 32."
            raise ConfigError(message)
        return cls(key)

    def tag(self, *parts: str) -> str:
        """A keyed hash of some words: equal for equal ones, and telling nothing of them."""
        return hmac.new(self._tags, "\0".join(parts).encode(), sha256).hexdigest()

    def seal(self, plain: bytes, /) -> bytes:
        """Close what a page carries through a sign-in."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._seals.encrypt(nonce, plain, None)

    def open(self, sealed: bytes, /) -> bytes | None:
        """What ``seal`` closed; None for what is no such thing."""
        try:
            return self._seals.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):
            return None


def _make(file: Path) -> None:
    """Write the key whole or not at all; whoever is first wins."""
    half = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    half.touch(mode=0o600)
    half.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    try:
        os.link(half, file)
    except FileExistsError:
        pass  # another replica was quicker: its key is ours
    finally:
        half.unlink()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
