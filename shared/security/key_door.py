"""How a window's sign-in opens its key store, and how the last who leaves locks it."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.security.locked_store import LockedStore
from shared.security.presence import NotOpenedYet

IDLE = timedelta(minutes=15)
"""After the last activity of any session the keys go (as a session does)."""


class LockedDoor:
    """``Presence`` where the keys are locked unless somebody is signed in.

    A password that was changed at the hub arrives as a hash: the wrap still opens by the old one. So whoever signs
    in while a colleague is in gets a new wrap; whoever is alone types the old password, or a code, beside the new one.
    """

    def __init__(
        self,
        store: LockedStore,
        clock: Clock,
        settle: Callable[[], object],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``settle`` takes what came while it was locked, before whoever opened it is let in: it may dismiss them."""
        self._store = store
        self._clock = clock
        self._settle = settle
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] = clock.now(), monotonic()

    @property
    def locked(self) -> bool:
        """See ``Presence``."""
        return not self._store.is_open

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        """See ``Presence``."""
        self.active()
        store = self._store
        if store.is_open:
            if not store.opens_with(username, password):
                store.wrap_for(username, password)
        elif not store.open_with(username, password):
            self._open_otherwise(username, password, code)
        self._settle()

    def has_password(self, username: str, password: str) -> None:
        """See ``Presence``. Cut off before this, the new password opens with the old one beside it."""
        self._store.wrap_for(username, password)

    def active(self) -> None:
        """See ``Presence``."""
        with self._lock:
            self._last = self._clock.now(), self._monotonic()

    def nobody_left(self) -> None:
        """See ``Presence``."""
        self._store.drop()

    def somebody_left(self) -> None:
        """See ``Presence``. Both clocks count: one stands still while a PC sleeps, the other may be turned back."""
        with self._lock:
            at, tick = self._last
        slept = max(self._clock.now() - at, timedelta(seconds=self._monotonic() - tick))
        if slept >= IDLE:
            self._store.drop()

    def _open_otherwise(self, username: str, password: str, code: str) -> None:
        store = self._store
        for typed in dict.fromkeys(filter(None, (code, as_code(code)))):
            if store.open_with(username, typed):
                store.wrap_for(username, password)
                return
        raise NotOpenedYet


def as_code(text: str) -> str:
    """A code as it was made, however it was typed: small letters, blanks and hyphens forgiven."""
    return "".join(character for character in text.upper() if character.isalnum())
