"""A training session is over and complete."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.rules import FUTURE
from services.intake.domain.training import Training
from services.intake.use_cases.ports import Work
from services.intake.use_cases.training_steps import kept, training_or_refuse
from shared.errors import Refused
from shared.security.identities import Actor
from shared.texts import said


@dataclass(frozen=True)
class CloseTraining:
    """Which one; ``version`` is the one that was read, if any."""

    training_id: str
    version: int | None = None


def close_training(request: CloseTraining, *, by: Actor, work: Work, now: datetime) -> Training:
    """Tell the hub its numbers; corrections after that are told again. Closed again: nothing happens.

    Refuses one that is still to come, and one of which nobody wrote down who came.
    """
    training = training_or_refuse(request.training_id, work=work).at_version(request.version)
    faults: dict[str, list[str]] = {}
    if training.session.held_on > work.place.moment(now).today:
        faults["held_on"] = [FUTURE]
    if training.counts is None and not training.participants:
        faults["attendance"] = [said("Anote primero cuántas personas vinieron.")]
    if faults:
        raise Refused("invalid", fields=faults)
    return kept(training, training.closed(now), "close", by=by, work=work)
