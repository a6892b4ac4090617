"""A window's key store that is open while somebody is signed in, and locked otherwise.

Key material is kept in byte arrays and overwritten when it is dropped. What Python and OpenSSL made of it meanwhile
(key objects, intermediate bytes) is let go of and freed, but not overwritten by us: a memory image taken while the
store is open, or soon after, may hold keys (docs/decisions/0008-locked-keys.md).
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.security.key_store import Locked, imported
from shared.security.keys import STORE_FILE
from shared.security.passwords import Run
from shared.security.store_file import (
    alone_with,
    key_by_password,
    read_store,
    unsealed,
    with_wrap,
    without_wrap,
    wrap_under,
    write_store,
)

log = structlog.get_logger()


@dataclass(frozen=True)
class _Open:
    """The keys, for as long as they are here."""

    store_key: bytearray
    master: bytearray
    opening: Mapping[str, X25519PrivateKey]

    def wipe(self) -> None:
        """Overwrite what can be overwritten."""
        for key in (self.store_key, self.master):
            key[:] = bytes(len(key))


class LockedStore:
    """Begins locked. Safe to share between threads; the file may be changed by a command meanwhile."""

    def __init__(self, folder: Path, run: Run) -> None:
        """``ConfigError`` when the folder's store cannot be read. ``run`` computes where it holds up nobody."""
        self._run = run
        self._file = folder / STORE_FILE
        self._address = read_store(self._file).address
        self._open: _Open | None = None
        self._lock = threading.RLock()
        self._forgets: list[Callable[[], object]] = []
        self._goes_on: list[Callable[[], object]] = []

    @property
    def is_open(self) -> bool:
        """Whether the keys are here."""
        return self._open is not None

    def master(self) -> bytes | bytearray:
        """See ``KeyStore``."""
        return self._now().master

    def opening(self) -> Mapping[str, X25519PrivateKey]:
        """See ``KeyStore``."""
        return self._now().opening

    def when_dropped(self, forget: Callable[[], object]) -> None:
        """See ``KeyStore``."""
        self._forgets.append(forget)

    def when_opened(self, go_on: Callable[[], object]) -> None:
        """See ``KeyStore``."""
        self._goes_on.append(go_on)

    def open_with(self, username: str, password: str) -> bool:
        """Open by somebody's password, or by a code that opens once; whether it did. Open already: the same.

        Takes a fifth of a second of one core. A code is spent by this: the file forgets it before the store is open.
        """
        store = read_store(self._file)
        store_key = self._run(lambda: key_by_password(store, username, password))
        secret = unsealed(store, store_key) if store_key is not None else None
        if store_key is None or secret is None:
            return False
        if store.staff[username].once:
            self.forget(username)
        with self._lock:
            if self._open is None:
                self._open = _Open(bytearray(store_key), bytearray(secret.master), imported(secret.sealing))
                log.info("keys.opened")
                for go_on in self._goes_on:
                    go_on()
        return True

    def opens_with(self, username: str, password: str) -> bool:
        """Whether this password would open it; nothing changes."""
        store = read_store(self._file)
        return self._run(lambda: key_by_password(store, username, password)) is not None

    def wrap_for(self, username: str, password: str) -> None:
        """From now on this password opens it too, and no older one of the same name. ``Locked`` unless it is open."""
        here = self._now()
        wrap = self._run(lambda: wrap_under(password, here.store_key, address=self._address, username=username))
        if self._now() is not here:
            raise Locked  # dropped meanwhile: what was wrapped is a key of zeros
        with alone_with(self._file):
            write_store(self._file, with_wrap(read_store(self._file), username, wrap))

    def forget(self, username: str) -> None:
        """No password of this name opens it any more; nobody of that name is no error."""
        with alone_with(self._file):
            store = read_store(self._file)
            if username in store.staff:
                write_store(self._file, without_wrap(store, username))

    def drop(self) -> None:
        """Lock: the keys are overwritten, and whoever kept what they gave forgets it. Locked already: nothing."""
        with self._lock:
            here, self._open = self._open, None
            if here is None:
                return
            here.wipe()
            for forget in self._forgets:
                forget()
            log.info("keys.dropped")

    def _now(self) -> _Open:
        here = self._open
        if here is None:
            raise Locked
        return here
