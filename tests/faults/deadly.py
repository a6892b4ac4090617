"""A message that ends the hub's process each time it is handled, in the middle of a batch of a hundred."""

import contextlib
import time

import requests

from tests.drivers.http import Refusal
from tests.faults.journal import Journal
from tests.faults.poison import WINDOW, Poison
from tests.faults.reading import buried
from tests.faults.stage import Stage

HALF = 50
"""Visits on either side of it."""
HUB = "referrals"
LEAST_DEATHS = 3
PATIENCE = 300.0


class Deadly:
    """Kills the hub by a message, and starts it again as Docker does, until it is rid of it."""

    def __init__(self, stage: Stage, journal: Journal, poison: Poison) -> None:
        self._stage = stage
        self._journal = journal
        self._poison = poison

    def kills(self) -> str:
        """Until the message is a dead letter; how many deaths that took."""
        self._stage.kill_one(HUB)
        self._visits()
        planted = self._poison.deadly()
        self._visits()
        armed = {"VENTANILLA_CRASH_AT": f"before_effect@{planted.subject}"}
        self._stage.begin_all({HUB: armed})
        deaths, deadline = 0, time.monotonic() + PATIENCE
        while planted.digest not in buried(self._stage) and time.monotonic() < deadline:
            if self._stage.alive(HUB):
                time.sleep(0.2)
                continue
            self._stage.ended(HUB, 1)
            deaths += 1
            self._stage.begin_all({HUB: armed})
        if deaths < LEAST_DEATHS:
            self._journal.unfelt.append(f"a message that kills the hub, of which it died {deaths} times")
        return f"{deaths} deaths"

    def ends(self) -> None:
        """It kills no longer."""
        self._stage.kill_one(HUB)
        self._stage.begin_all({HUB: {}})

    def _visits(self) -> None:
        caller = self._stage.window(WINDOW.name).caller
        for _ in range(HALF):
            with contextlib.suppress(Refusal, requests.RequestException):
                caller.post("/visits", {"topics": ["documents"]})
