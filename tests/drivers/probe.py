"""Waiting for what must come, in tests of processes that run by themselves."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], *, until: Callable[[T], bool], what: str, seconds: float = 20) -> T:
    """Looks until it sees what it waits for; when it gives up, says what it saw last."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while True:
        seen = look()
        if until(seen):
            return seen
        if time.monotonic() > deadline:
            message = f"After {seconds:g} s still not so: {what}. Last seen: {seen!r}"
            raise AssertionError(message)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
