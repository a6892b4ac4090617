"""A training session is written down, before it is held or after."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.training import Session, Training
from services.intake.use_cases.ports import Work
from shared.ids import new_id
from shared.security.identities import Actor


@dataclass(frozen=True)
class RecordTraining:
    """What is known of it."""

    session: Session


def record_training(request: RecordTraining, *, by: Actor, work: Work, now: datetime) -> Training:
    """Keep it here; the hub hears of it when it is closed."""
    training = Training(new_id(), request.session, now, by.user)
    work.trainings.add(training)
    work.audit.note(by, "training.record", "training", training.id)
    return training
