"""A batch of imported cases has come in: each institution is told of it once."""

from datetime import datetime, timedelta

from services.notifications.domain.sayings import Sayings
from services.notifications.domain.summaries import is_due, summary_notices, told
from services.notifications.use_cases.ports import Work

MOST = 50
"""Summaries looked at in one transaction."""


def summarise_batches(*, quiet: timedelta, work: Work, sayings: Sayings, now: datetime) -> None:
    """Enter one notice per officer for every batch that has been quiet for ``quiet``.

    Twice (two replicas, a restart): a summary is locked while it is told and marked in the same transaction.
    Late: referrals of the batch that come afterwards are counted, and no second message is sent (contracts.md:
    one summary per batch); the desk shows them.
    """
    for summary in work.summaries.untold(most=MOST):
        if is_due(summary, quiet=quiet, now=now):
            work.ledger.add(summary_notices(summary, work.readers.all(), sayings), now=now)
            work.summaries.save(told(summary, now=now))
