"""People at windows and desks: they register, change, withdraw, count visits and answer, and note what they were told."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import requests

from tests.cast import dui, returned_woman
from tests.drivers.deployed import INSTITUTIONS, WINDOWS
from tests.drivers.http import Refusal
from tests.faults.journal import Attempt, Journal, Kind, Outcome, now
from tests.faults.stage import Stage

TEMPLATES: dict[str, list[str]] = {
    "returned": ["documentation", "recovery_of_belongings", "rights_violation"],
    "papers": ["documentation"],
    "wronged": ["rights_violation"],
}
"""Needs by the name of the case; cases of one template must be routed alike."""
NEXT_STEPS = {"requested": ["receive"], "received": ["accept", "accept", "reject"], "accepted": ["start"], "in-progress": ["complete"]}
CHANGES = {"receive": "received", "accept": "accepted", "reject": "rejected", "start": "in-progress", "complete": "completed"}
BODIES: dict[str, dict[str, Any]] = {
    "reject": {"reason": "no-capacity", "text": "No tenemos lugar este mes."},
    "complete": {"outcome": "assisted", "service_delivered": True, "need_met": "yes"},
}
WAIT = 15
"""Seconds that somebody waits for an answer before they go on."""


class Generator:
    """Several people at once, at ``rate`` acts a second together; the same seed makes the same choices."""

    def __init__(self, stage: Stage, journal: Journal, *, seed: int, rate: float = 6.0, people: int = 4) -> None:
        self._stage = stage
        self._journal = journal
        self._seed = seed
        self._pause = people / rate
        self._people = people
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._count = 0
        self._lock = threading.Lock()
        self._unsure: list[tuple[str, str, str, dict[str, Any]]] = []

    def start(self) -> None:
        """Everybody begins."""
        for number in range(self._people):
            thread = threading.Thread(target=self._work, args=(random.Random(f"{self._seed}/{number}"),), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Everybody finishes what they are at."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=3 * WAIT)

    def ask_again(self) -> None:
        """Registrations without an answer are sent once more with the same key: they must be one case."""
        for place, template, operation, case in self._unsure:
            self._register(place, template, operation, case)

    def registers(self, place: str, template: str = "returned") -> None:
        """One registration at one window, apart from the others."""
        operation = self._next()
        self._register(place, template, operation, _case(operation, template))

    def visits(self, place: str) -> None:
        """Somebody only asked."""
        self._try(Kind.VISIT, place, lambda: self._stage.window(place).caller.post("/visits", {"topics": ["documents"]}))

    def _work(self, rng: random.Random) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            act = rng.choices(
                [self._some_registration, self._some_change, self._some_withdrawal, self._some_visit, self._some_answer],
                weights=[40, 15, 5, 10, 30],
            )[0]
            act(rng)
            self._stop.wait(max(0.0, began + self._pause * rng.uniform(0.5, 1.5) - time.monotonic()))

    def _some_registration(self, rng: random.Random) -> None:
        operation, template, place = self._next(), rng.choice(list(TEMPLATES)), rng.choice(WINDOWS)
        self._register(place, template, operation, _case(operation, template))

    def _register(self, place: str, template: str, operation: str, case: dict[str, Any]) -> None:
        outcome, answer = self._call(lambda: self._stage.window(place).registers(case, key=operation))
        if outcome is Outcome.UNSURE:
            self._unsure.append((place, template, operation, case))
        self._journal.write(
            Attempt(
                Kind.REGISTER, outcome, place, now(), str(answer.get("id", "")), operation, int(answer.get("version", 0)), template
            )
        )

    def _some_change(self, rng: random.Random) -> None:
        known = self._someone(rng)
        if known is None:
            return
        change = {"notes": f"Volvió a preguntar, vez {rng.randint(2, 99)}."}
        self._try(Kind.CHANGE, known.place, lambda: self._stage.window(known.place).changes(known.subject, change), known.subject)

    def _some_withdrawal(self, rng: random.Random) -> None:
        known = self._someone(rng)
        if known is None:
            return

        def withdraw() -> dict[str, Any]:
            self._stage.window(known.place).withdraws_consent(known.subject)
            return {}

        self._try(Kind.WITHDRAW, known.place, withdraw, known.subject)

    def _some_visit(self, rng: random.Random) -> None:
        self.visits(rng.choice(WINDOWS))

    def _some_answer(self, rng: random.Random) -> None:
        desk = self._stage.desk(rng.choice(INSTITUTIONS))
        status = rng.choice(list(NEXT_STEPS))
        outcome, page = self._call(lambda: desk.caller.get("/referrals", status=status, page_size=50))
        if outcome is not Outcome.DONE or not page["items"]:
            return
        referral = rng.choice(page["items"])["id"]
        step = rng.choice(NEXT_STEPS[status])
        outcome, answer = self._call(lambda: desk.caller.post(f"/referrals/{referral}/{step}", BODIES.get(step)))
        version = int(answer.get("version", 0))
        self._journal.write(
            Attempt(Kind.ACT, outcome, desk.institution, now(), referral, version=version, change=CHANGES[step])
        )

    def _someone(self, rng: random.Random) -> Attempt | None:
        known = list(self._journal.of(Kind.REGISTER, Outcome.DONE))
        return rng.choice(known) if known else None

    def _try(self, kind: Kind, place: str, call: Callable[[], dict[str, Any]], subject: str = "") -> None:
        outcome, answer = self._call(call)
        version = int(answer.get("version", 0))
        self._journal.write(Attempt(kind, outcome, place, now(), subject or str(answer.get("id", "")), version=version))

    def _call(self, call: Callable[[], dict[str, Any]]) -> tuple[Outcome, dict[str, Any]]:
        try:
            return Outcome.DONE, call()
        except Refusal as refusal:
            return (Outcome.UNSURE if refusal.status >= 500 else Outcome.REFUSED), refusal.problem
        except requests.RequestException:
            return Outcome.UNSURE, {}

    def _next(self) -> str:
        with self._lock:
            self._count += 1
            return f"{self._seed}-{self._count:06d}"


def _case(operation: str, template: str) -> dict[str, Any]:
    """A person like no other, with the template's needs; the operation stands where a window keeps a paper's code."""
    case = returned_woman(paper_code=operation, needs=[{"code": code} for code in TEMPLATES[template]])
    number = random.Random(operation).randrange(10_000_000, 99_999_999)
    case["person"] |= {
        "given_name": f"Persona {operation}",
        "family_name": f"Prueba {number}",
        "document": {"type": "dui", "number": dui(str(number)), "country": "SV"},
    }
    return case
