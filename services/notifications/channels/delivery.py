"""Claim, send, record: takes the ledger's due rows to their channel, never inside a transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from services.notifications.domain.links import Links
from services.notifications.store.work import NotificationsWork
from services.notifications.use_cases.deliver import (
    Attempt,
    Claim,
    claim_due,
    count_interrupted,
    give_back,
    record_attempt,
)
from services.notifications.use_cases.ports import NotNow, Parcel, Sender, Undeliverable
from shared.clock import Clock
from shared.contracts.addresses import Address
from shared.crash import CrashPoint, crash_point
from shared.persistence.work import Works

MOST = 20
"""Rows claimed at once: few enough to be sent well within a lease."""
MARGIN = timedelta(minutes=1)
"""A send is not begun when less than this is left of the lease: another replica might send it too."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Delivery:
    """What a turn of the loop needs: where the rows are, by what they go, and whom to tell of the end."""

    works: Works[NotificationsWork]
    sender: Sender
    links: Links
    hub: Address
    clock: Clock

    def deliver_due(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """One turn; whether there may be more due now (call again), else wait for a wake or the next tick.

        Each row's end is committed as soon as it is known, so a crash leaves at most the one being sent in
        doubt; it is counted as unsure when its lease has run out. When the server takes nothing at all, the
        rest of the claim is put off untried with the same fault, and the loop pauses. What is left when the service
        stops is given back.
        """
        self.count_interrupted(until=self.clock.now())
        with self.works.open() as work:
            claim = claim_due(work=work, links=self.links, now=self.clock.now(), most=MOST)
        if claim.parcels:
            crash_point(CrashPoint.AFTER_CLAIM)
        try:
            return self._send(claim, stopping) and claim.full
        finally:
            self.sender.close()

    def count_interrupted(self, *, until: datetime) -> bool:
        """Put off what nobody finished of claims that ended by ``until``; whether there may be more of it."""
        with self.works.open() as work:
            return count_interrupted(work=work, hub=self.hub, now=self.clock.now(), until=until, most=MOST) == MOST

    def _send(self, claim: Claim, stopping: Callable[[], bool]) -> bool:
        """Every parcel of the claim in turn; False when the server takes nothing now."""
        away: Attempt | None = None
        for parcel in claim.parcels:
            if stopping() or self.clock.now() > claim.until - MARGIN:
                with self.works.open() as work:
                    give_back(parcel.id, claim=claim, work=work)
                continue
            attempt, whole = (Attempt(parcel.id, away.fault), True) if away else self._try(parcel)
            away = attempt if whole else None
            self._record(attempt, claim)
        return away is None

    def _try(self, parcel: Parcel) -> tuple[Attempt, bool]:
        """Hand one parcel over; the attempt, and whether the server takes none at all."""
        try:
            self.sender.send(parcel)
        except Undeliverable as refusal:
            return Attempt(parcel.id, refusal.fault, final=True), False
        except NotNow as fault:
            return Attempt(parcel.id, fault.fault), fault.whole
        crash_point(CrashPoint.AFTER_SEND)
        return Attempt(parcel.id), False

    def _record(self, attempt: Attempt, claim: Claim) -> None:
        with self.works.open() as work:
            standing = record_attempt(attempt, claim=claim, work=work, hub=self.hub, now=self.clock.now())
        if standing is not None:
            log.info(
                "notification.attempt",
                notification=attempt.notification_id,
                became=standing.status.value,
                attempts=standing.attempts,
                fault=standing.fault.value if standing.fault else None,
            )
