"""What a window's sign-in tells its key store: who came with which password, and when nobody is left."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from shared.clock import Clock
from shared.errors import Refused
from shared.security.locked_store import LockedStore

IDLE = timedelta(minutes=15)
"""After the last activity of any session the keys go (as a session does)."""


class KeyDoor(Protocol):
    """What sign-in calls, at a window whose keys are locked and at one whose keys lie in plain files alike."""

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        """Somebody's password was right. ``Refused`` (``locked_for_you``) when it does not open the keys, and none are open.

        ``code`` is what they may type then: the password that they had before, or a code of the coordination.
        """
        ...

    def active(self) -> None:
        """Somebody who is signed in did something; a page that only looks for news is nobody."""
        ...

    def nobody_is_signed_in(self) -> None:
        """The last one signed out, or was signed out."""
        ...

    def close_when_idle(self) -> None:
        """To be called now and then: the keys go when nobody did anything for a quarter of an hour."""
        ...


class AlwaysOpen:
    """The keys lie in plain files: there is nothing to open."""

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        """See ``KeyDoor``."""

    def active(self) -> None:
        """See ``KeyDoor``."""

    def nobody_is_signed_in(self) -> None:
        """See ``KeyDoor``."""

    def close_when_idle(self) -> None:
        """See ``KeyDoor``."""


class LockedDoor:
    """The keys are locked unless somebody is signed in.

    A password that was changed at the hub arrives as a hash: the wrap still opens by the old one. So whoever signs
    in while a colleague is in gets a new wrap; whoever is alone types the old password, or a code, beside the new one.
    """

    def __init__(self, store: LockedStore, clock: Clock, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: tuple[datetime, float] = clock.now(), monotonic()

    def signed_in(self, username: str, password: str, code: str = "") -> None:
        """See ``KeyDoor``."""
        self.active()
        store = self._store
        if store.is_open:
            if not store.opens_with(username, password):
                store.wrap_for(username, password)
        elif not store.open_with(username, password):
            self._open_otherwise(username, password, code)

    def active(self) -> None:
        """See ``KeyDoor``."""
        with self._lock:
            self._last = self._clock.now(), self._monotonic()

    def nobody_is_signed_in(self) -> None:
        """See ``KeyDoor``."""
        self._store.drop()

    def close_when_idle(self) -> None:
        """See ``KeyDoor``. Both clocks count: one stands still while a PC sleeps, the other may be turned back."""
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
        raise Refused("locked_for_you")


def as_code(text: str) -> str:
    """A code as it was made, however it was typed: small letters, blanks and hyphens forgiven."""
    return "".join(character for character in text.upper() if character.isalnum())
