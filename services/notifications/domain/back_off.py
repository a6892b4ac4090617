"""When a message that could not be delivered is tried again, and when we give up."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(minutes=1)
"""A mail server that is restarting is back within a minute."""
LONGEST_PAUSE = timedelta(hours=1)
"""After that an hourly try is enough, and no burden on a server in trouble."""
MOST_ATTEMPTS = 10
"""About four hours of trying; then a person has to look (a failed message is shown and can be sent again)."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the ``attempts``-th failed attempt (from 1): doubling, at most an hour."""
    doublings = min(max(attempts - 1, 0), 6)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def next_attempt(attempts: int, *, now: datetime) -> datetime | None:
    """When the next attempt is due after ``attempts`` failed ones; None when it was the last."""
    return None if attempts >= MOST_ATTEMPTS else now + pause_after(attempts)
