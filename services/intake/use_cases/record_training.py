"""A training session is written down, before it is held or after."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.training import Session, Training
from services.intake.use_cases.ports import Work
from shared.ids import new_id
from shared.security.identities import Actor


@dataclass(frozen=True)
class RecordTraining:
    """What is known of it. ``training_id`` is that of a form: sent twice it is one session."""

    session: Session
    training_id: str | None = None


def record_training(request: RecordTraining, *, by: Actor, work: Work, now: datetime) -> Training:
    """Keep it here; the hub hears of it when it is closed. Recorded again under one id: the first stands."""
    before = work.trainings.find(request.training_id) if request.training_id else None
    if before is not None:
        return before
    training = Training(request.training_id or new_id(), request.session, now, by.user)
    work.trainings.add(training)
    work.audit.note(by, "training.record", "training", training.id)
    return training
