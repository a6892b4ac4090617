"""How often somebody may ask: counted in this process alone, by user or by address, in a window that moves.

It keeps a machine from guessing codes and passwords; what people do by hand never meets it. With several replicas
each counts for itself.
"""

import math
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.errors import Broken, Refused

MOST_KEYS: Final = 20_000
"""Callers that are remembered at once; beyond, those who were silent longest are forgotten."""

SEARCHES: Final = "600/minute"
"""Searches of one user: ten a second are no person's, and too few to copy a country's cases unseen."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_LIMIT = re.compile(rf"([1-9][0-9]*)/({'|'.join(_SECONDS)})")


@dataclass(frozen=True)
class Limit:
    """So many within so many seconds."""

    count: int
    seconds: int

    @classmethod
    def of(cls, text: str) -> "Limit":
        """Read ``"20/minute"``; anything else is our own mistake."""
        found = _LIMIT.fullmatch(text)
        if found is None:
            message = f"{text!r} is no limit like 20/minute"
            raise Broken(message)
        return cls(int(found[1]), _SECONDS[found[2]])


class Limiter:
    """Who asked what, and when. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: dict[tuple[str, str], deque[float]] = {}

    def check(self, limit: str | None, what: str, who: str) -> None:
        """Count one request; ``rate_limited`` with the seconds to wait when there were too many (it counts not)."""
        if limit is None:
            return
        allowed, now = Limit.of(limit), self._clock()
        times = self._asked.pop((what, who), None) or deque()
        while times and times[0] <= now - allowed.seconds:
            times.popleft()
        self._asked[what, who] = times  # at the end: the one who asked last
        if len(times) >= allowed.count:
            raise Refused("rate_limited", wait=math.ceil(times[0] + allowed.seconds - now))
        times.append(now)
        while len(self._asked) > MOST_KEYS:
            self._asked.pop(next(iter(self._asked)))
