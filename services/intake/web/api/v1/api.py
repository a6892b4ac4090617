"""A window's API, version 1 (contracts.md, HTTP, intake)."""

from dataclasses import replace

from services.intake.web.api.v1.asks import ask_endpoints
from services.intake.web.api.v1.cases import case_endpoints
from services.intake.web.api.v1.consents import consent_endpoints
from services.intake.web.api.v1.counter import counter_endpoints
from services.intake.web.api.v1.directory import directory_endpoints
from services.intake.web.api.v1.drafts import draft_endpoints
from services.intake.web.api.v1.returns import return_endpoint
from services.intake.web.api.v1.room import Room
from services.intake.web.api.v1.slips import slip_endpoints
from services.intake.web.api.v1.supervision import supervision_endpoints
from services.intake.web.api.v1.trainings import training_endpoints
from shared.web.api import Api, Authenticate
from shared.web.limits import Limiter

VERSION = "1"


def window_api(room: Room, authenticate: Authenticate, limiter: Limiter | None = None) -> Api:
    """Every endpoint of this window. While its keys are locked, whatever is about a person is refused (423)."""
    api = Api(title="Ventanilla: intake", version=VERSION, authenticate=authenticate, limiter=limiter)
    every = (
        *case_endpoints(room),
        *consent_endpoints(room),
        *ask_endpoints(room),
        *supervision_endpoints(room),
        *counter_endpoints(room),
        *draft_endpoints(room),
        *directory_endpoints(room),
        *slip_endpoints(room),
        return_endpoint(room),
        *training_endpoints(room),
    )
    api.add(*(replace(one, refuses=(*one.refuses, "locked")) for one in every))
    return api
