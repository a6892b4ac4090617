"""Values that the tests of this service begin with."""

from pathlib import Path

import services.notifications.store
from services.notifications.domain.readers import Reader
from services.notifications.domain.telling import Occurrence
from services.notifications.store.sayings import load_sayings
from shared.vocabulary.codes import Urgency

DATA = Path(services.notifications.store.__path__[0]).parent / "data"
SAYINGS = load_sayings(DATA / "sayings.yml")

OFFICER = Reader("officer@pddh", "officer", "officer@pddh.example", "es", None, "pddh")
COLLEAGUE = Reader("colleague@pddh", "officer", "colleague@pddh.example", "en", None, "pddh")
MANAGER = Reader("manager@pddh", "manager", "manager@pddh.example", "es", None, "pddh")
DEPUTY = Reader("deputy@pddh", "deputy", "deputy@pddh.example", "es", None, "pddh")
STRANGER = Reader("officer@rree", "officer", "officer@rree.example", "es", None, "rree")
STAFF = Reader("staff@la-union", "staff", "staff@la-union.example", "es", "la-union", None)
SUPERVISOR = Reader("supervisor@la-union", "supervisor", "supervisor@la-union.example", "es", "la-union", None)
ELSEWHERE = Reader("staff@la-hachadura", "staff", "staff@la-hachadura.example", "es", "la-hachadura", None)
COORDINATOR = Reader("coordinator@sv", "coordinator", "coordinator@sv.example", "es")
EVERYBODY = (OFFICER, COLLEAGUE, MANAGER, DEPUTY, STRANGER, STAFF, SUPERVISOR, ELSEWHERE, COORDINATOR)


def occurrence(change: str = "requested", *audiences: str, version: int = 1, **other: object) -> Occurrence:
    """A change of one referral of pddh, asked for by routing at la-union."""
    members = {
        "event_id": f"event-{change}-{version}",
        "referral_id": "0192f000-0000-7000-8000-000000000001",
        "case_id": "0192f000-0000-7000-8000-000000000002",
        "window": "la-union",
        "institution": "pddh",
        "urgency": Urgency.URGENT,
        "by": "routing",
    } | other
    return Occurrence(change=change, audiences=audiences, version=version, **members)
