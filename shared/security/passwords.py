"""Passwords: Argon2id, computed where it stops nobody else.

One hash takes tens of milliseconds of one core; beside green threads it must run in a real thread, so whoever
builds this passes ``run`` (a thread pool's; plain calling where there are no green threads).
"""

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.security.password_rules import LONGEST, normal

T = TypeVar("T")

AT_ONCE = 4
"""Hashes computed at the same time; each takes 19 MiB, and more of them at once finish no sooner."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, two passes, one lane: the least that is recommended (anchors-reliability.md, 5); a small PC bears it."""
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$dmVudGFuaWxsYS1ub2JvZHk$bx/WTQYRJMo7oN33MBCCgxxQ7xddWZ0ykmO/zRVLfEU"
"""Compared with when there is no such user, so that the time taken does not tell."""


class Run(Protocol):
    """Calls what it is given, off the event loop, and gives its result."""

    def __call__(self, compute: Callable[[], T], /) -> T: ...


def at_once(compute: Callable[[], T], /) -> T:
    """The ``Run`` of a process without an event loop: a command, a test."""
    return compute()


class Passwords:
    """Makes and checks password hashes."""

    def __init__(self, run: Run) -> None:
        self._compute = run
        self._turn = threading.Semaphore(AT_ONCE)

    def hashed(self, password: str) -> str:
        """A hash to keep, with its own salt."""
        return self._run(lambda: _HASHER.hash(normal(password)))

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether this is the password of ``kept``; with None (no user, or none set) never, after the same time."""
        return self._run(lambda: _fits(kept or _NOBODY, password)) and kept is not None

    def _run(self, compute: Callable[[], T]) -> T:
        with self._turn:
            return self._compute(compute)

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made with other settings than today's and should be made anew at sign-in."""
        return _HASHER.check_needs_rehash(kept)


def _fits(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, normal(password) if len(password) <= LONGEST else "")
    except (Argon2Error, InvalidHashError):
        return False
