"""A training session was written down wrongly, or moved."""

from collections.abc import Callable
from dataclasses import dataclass

from services.intake.domain.training import Session, Training
from services.intake.use_cases.ports import Work
from services.intake.use_cases.training_steps import kept, training_or_refuse
from shared.security.identities import Actor


@dataclass(frozen=True)
class ChangeTraining:
    """``patched`` makes the new details of those that stand; ``version`` is the one that was read, if any."""

    training_id: str
    version: int | None
    patched: Callable[[Session], Session]


def change_training(request: ChangeTraining, *, by: Actor, work: Work) -> Training:
    """Keep the next version; when it was closed already, the hub is told again."""
    training = training_or_refuse(request.training_id, work=work)
    session = request.patched(training.session)
    return kept(training, training.at_version(request.version).changed(session), "change", by=by, work=work)
