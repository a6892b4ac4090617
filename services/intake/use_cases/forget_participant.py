"""Somebody who came to a training session wants their name taken off the list."""

from dataclasses import dataclass

from services.intake.domain.training import Training
from services.intake.use_cases.ports import Work
from services.intake.use_cases.training_steps import kept, training_or_refuse
from shared.security.identities import Actor


@dataclass(frozen=True)
class ForgetParticipant:
    """Whose name, of which session."""

    training_id: str
    participant_id: str


def forget_participant(request: ForgetParticipant, *, by: Actor, work: Work) -> Training:
    """Name, institution and certificate go; that somebody came still counts. Twice: the same."""
    training = training_or_refuse(request.training_id, work=work)
    return kept(training, training.without_name(request.participant_id), "attend", by=by, work=work)
