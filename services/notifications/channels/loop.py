"""The loop that delivers, for as long as the service runs."""

import threading

import structlog

from services.notifications.channels.delivery import Delivery
from services.notifications.config import Timing
from services.notifications.domain.delivery import LEASE
from services.notifications.domain.sayings import Sayings
from services.notifications.queries.waiting import anything_waits
from services.notifications.use_cases.summarise_batch import summarise_batches
from shared.errors import TryAgain
from shared.messaging.wake import Wake
from shared.persistence.engine import Database

LONGEST_PAUSE = 30.0
"""Seconds between two tries while the database is away."""

log = structlog.get_logger(__name__)


class DeliveryLoop:
    """Delivers what is due whenever it is woken, and looks once a second otherwise.

    Several replicas may run against one PostgreSQL: rows and summaries are claimed. Nothing that happens in a
    turn ends the loop; ``stop`` lets the letter that is under way finish and gives the rest of the claim back.
    """

    def __init__(self, delivery: Delivery, database: Database, sayings: Sayings, wake: Wake, timing: Timing) -> None:
        self._delivery = delivery
        self._database = database
        self._sayings = sayings
        self._wake = wake
        self._timing = timing
        self._stopping = threading.Event()
        self._begun = False

    def run(self) -> None:
        """Until ``stop``."""
        failures = 0
        while not self._stopping.is_set():
            try:
                more = self.turn()
            except TryAgain as error:
                failures += 1
                log.warning("delivery.paused", reason=str(error))
            except Exception as error:
                failures += 1
                log.exception("delivery.failed", error=type(error).__name__)
            else:
                failures = 0
                if more:
                    continue
            self._wake.wait(min(LONGEST_PAUSE, self._timing.poll * 2.0 ** min(failures, 5)))

    def _begin(self) -> None:
        """On SQLite nobody else can be sending: at our start every claim that stands is a dead process's."""
        while self._database.dialect == "sqlite" and self._delivery.count_interrupted(until=self._delivery.clock.now() + LEASE):
            pass
        self._begun = True

    def turn(self) -> bool:
        """Tell of batches that are complete, then deliver what is due; whether there may be more due now."""
        if not self._begun:
            self._begin()
        now = self._delivery.clock.now()
        with self._database.read() as connection:
            if not anything_waits(connection, quiet=self._timing.quiet, now=now):
                return False
        with self._delivery.works.open() as work:
            summarise_batches(quiet=self._timing.quiet, work=work, sayings=self._sayings, now=now)
        return self._delivery.deliver_due(self._stopping.is_set)

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()
        self._wake.set()
