"""How long, how often and how much a referral allows."""

from datetime import timedelta

MOST_HOPS = 4
"""How often a need may be passed on before people must talk (domain.md: at most 4 hops)."""
REOPEN_WITHIN = timedelta(days=7)
"""How long a wrong completion can be taken back by the institution's manager."""
COMMENT_WITHIN = timedelta(days=30)
"""How long after its end a referral can still be commented."""
STOP_WITHIN = timedelta(hours=24)
"""How long an institution has to answer a stop request (domain.md: within 24 h, else it escalates)."""
LEAST_WORDS = 10
"""Characters of a rejection's text: a window must be able to act on it."""
