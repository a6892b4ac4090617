"""The unit of work of this service: one transaction, its repositories, its outbox, its audit."""

from functools import cached_property

from sqlalchemy import Connection

from services.notifications.store.choices import SqlChoices
from services.notifications.store.ledger import SqlLedger
from services.notifications.store.readers import SqlReaders
from services.notifications.store.referrals import SqlReferrals
from services.notifications.store.summaries import SqlSummaries
from shared.messaging.outbox import Outbox
from shared.messaging.reading import Received
from shared.security.audit import AuditTrail


class NotificationsWork:
    """``Work`` of ``use_cases/ports.py`` on an open connection.

    ``waiting`` are events of a batch that are handled together (``reactions.py``).
    """

    def __init__(self, connection: Connection, outbox: Outbox, audit: AuditTrail) -> None:
        self.connection = connection
        self.outbox = outbox
        self.audit = audit
        self.waiting: list[Received] = []

    def flush(self) -> None:
        """Write what the repositories, the outbox and the audit held back."""
        self.ledger.flush()
        self.referrals.flush()
        self.summaries.flush()
        self.outbox.flush()
        self.audit.flush()

    @cached_property
    def ledger(self) -> SqlLedger:
        """Who is told of what."""
        return SqlLedger(self.connection)

    @cached_property
    def referrals(self) -> SqlReferrals:
        """What is known of referrals."""
        return SqlReferrals(self.connection)

    @cached_property
    def summaries(self) -> SqlSummaries:
        """Batches told of once."""
        return SqlSummaries(self.connection)

    @cached_property
    def readers(self) -> SqlReaders:
        """The users that the hub named."""
        return SqlReaders(self.connection)

    @cached_property
    def choices(self) -> SqlChoices:
        """What they chose to hear."""
        return SqlChoices(self.connection)
