"""What every act on a training session ends with."""

from services.intake.domain.training import Training
from services.intake.use_cases.ports import Work
from services.intake.use_cases.telling import hub
from shared.contracts.training_recorded import TrainingRecorded
from shared.errors import Refused
from shared.security.identities import Actor


def training_or_refuse(training_id: str, *, work: Work) -> Training:
    """One session of this window; ``not_found`` for any other id."""
    training = work.trainings.find(training_id)
    if training is None:
        raise Refused("not_found")
    return training


def kept(before: Training, after: Training, act: str, *, by: Actor, work: Work) -> Training:
    """Keep a later version; of a closed session the hub is told the numbers again. Nothing changed: nothing is done."""
    if after == before:
        return before
    work.trainings.save(after)
    work.audit.note(by, f"training.{act}", "training", after.id)
    if after.closed_at is not None:
        work.outbox.append(as_recorded(after), to=hub(work), subject=after.id, version=after.version)
    return after


def as_recorded(training: Training) -> TrainingRecorded:
    """A session as the hub is told of it: numbers alone."""
    session, numbers = training.session, training.numbers
    return TrainingRecorded(
        training_id=training.id, held_on=session.held_on, audience=session.audience, topics=session.topics,
        women=numbers.women, men=numbers.men, others=numbers.others, version=training.version,
    )
