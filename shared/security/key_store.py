"""Where a node's secret keys come from: the master key, and those that open what was sealed for it.

In plain files they are always there; so it is in a demo, and for a service that must start with nobody beside it.
At a window they may be locked (``locked_store.py``): then they are there while somebody is signed in.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.errors import ConfigError, Refused, TryAgain
from shared.security import jose
from shared.security.keys import KEY_FILE, Use, read_master, read_private


class Locked(Refused, TryAgain):
    """The key store is locked. A person can open it by signing in; what comes by itself waits, and is not lost."""

    def __init__(self) -> None:
        Refused.__init__(self, "locked")
        self.retry_after = 5.0  # seconds, for what comes by itself; a person would wait for ever


class KeyStore(Protocol):
    """A node's secret keys. Both may raise ``Locked``; who keeps what they gave says what to forget."""

    @property
    def is_open(self) -> bool:
        """Whether the keys are there now."""
        ...

    def master(self) -> bytes | bytearray:
        """The 32 bytes under which the persons' keys are wrapped."""
        ...

    def opening(self) -> Mapping[str, X25519PrivateKey]:
        """The private keys, by kid, of what was sealed for this node."""
        ...

    def when_dropped(self, forget: Callable[[], object]) -> None:
        """Call this whenever the keys go."""
        ...

    def when_opened(self, go_on: Callable[[], object]) -> None:
        """Call this whenever the keys come."""
        ...

    def forget(self, username: str) -> None:
        """Let this member of staff open it no longer."""
        ...


class PlainStore:
    """Keys in plain files of a folder: whoever has the folder has the keys."""

    is_open = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opening: Mapping[str, X25519PrivateKey] | None = None

    def master(self) -> bytes:
        """See ``KeyStore``; ``ConfigError`` when the file is not right."""
        return read_master(self._folder)

    def opening(self) -> Mapping[str, X25519PrivateKey]:
        """See ``KeyStore``; ``ConfigError`` when the file is not right."""
        if self._opening is None:
            _, private = read_private(self._folder / KEY_FILE)
            self._opening = imported({key.kid: jose.unb64(key.jwk["d"]) for key in private if key.use is Use.SEAL})
            if not self._opening:
                message = f"{self._folder / KEY_FILE} holds no key that opens what is sealed for this node."
                raise ConfigError(message)
        return self._opening

    def when_dropped(self, forget: Callable[[], object]) -> None:
        """They never go."""

    def when_opened(self, go_on: Callable[[], object]) -> None:
        """They are always there."""

    def forget(self, username: str) -> None:
        """Nobody's password opens it."""


def imported(raw: Mapping[str, bytes]) -> dict[str, X25519PrivateKey]:
    """Raw private keys, ready for use."""
    return {kid: X25519PrivateKey.from_private_bytes(key) for kid, key in raw.items()}
