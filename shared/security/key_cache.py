"""Persons' keys at hand: bounded in number and in time, and never filled with one that was just forgotten."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MOST = 10_000
"""Keys held; the least used goes first. About 2 MB."""
HELD_FOR = 60.0
"""Seconds after which a key is asked of the store again: how long another replica's forgetting may go unseen."""


class KeyCache:
    """Keys by person. ``generation`` counts what was dropped: a load that began before is not put in after."""

    def __init__(self, clock: Callable[[], float], most: int = MOST) -> None:
        self._clock = clock
        self._most = most
        self._held: OrderedDict[str, tuple[AESGCM, float]] = OrderedDict()
        self._lock = threading.Lock()
        self.generation = 0

    def get(self, person_id: str) -> AESGCM | None:
        """The key, if it is here and fresh."""
        with self._lock:
            held = self._held.get(person_id)
            if held is None:
                return None
            if held[1] < self._clock():
                del self._held[person_id]
                return None
            self._held.move_to_end(person_id)
            return held[0]

    def put(self, keys: Mapping[str, AESGCM], generation: int) -> None:
        """Hold these, unless something was dropped since ``generation`` was read."""
        until = self._clock() + HELD_FOR
        with self._lock:
            if generation != self.generation:
                return
            for person_id, key in keys.items():
                self._held[person_id] = (key, until)
                self._held.move_to_end(person_id)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def drop(self, person_id: str) -> None:
        """Hold this one no longer."""
        with self._lock:
            self.generation += 1
            self._held.pop(person_id, None)

    def clear(self) -> None:
        """Hold none any longer."""
        with self._lock:
            self.generation += 1
            self._held.clear()
