"""Who came to a training session: in numbers, or as a list."""

from dataclasses import dataclass

from services.intake.domain.training import Counts, Participant, Training
from services.intake.use_cases.ports import Work
from services.intake.use_cases.training_steps import kept, training_or_refuse
from shared.errors import Refused
from shared.ids import new_id
from shared.security.identities import Actor
from shared.spoken import new_code
from shared.texts import said
from shared.vocabulary.codes import Sex


@dataclass(frozen=True)
class Listed:
    """Somebody as they were written down; ``id`` of one that is on the list already."""

    sex: Sex
    name: str = ""
    institution: str = ""
    consent: bool = False
    attended: bool = True
    id: str | None = None


@dataclass(frozen=True)
class TakeAttendance:
    """One of the two; what was taken before is replaced."""

    training_id: str
    version: int | None
    counts: Counts | None = None
    participants: tuple[Listed, ...] | None = None


def take_attendance(request: TakeAttendance, *, by: Actor, work: Work) -> Training:
    """Keep who came. A name stays only with its person's consent, whatever was sent.

    The list is whole: whoever is left out is forgotten. An id that is not on the list, and consent to keep a name that
    nobody wrote, are refused by their place.
    """
    training = training_or_refuse(request.training_id, work=work)
    if request.participants is None:
        after = training.at_version(request.version).counted(request.counts or Counts())
    else:
        people = _people(training, request.participants)
        after = training.at_version(request.version).listed(people)
    return kept(training, after, "attend", by=by, work=work)


def _people(training: Training, told: tuple[Listed, ...]) -> list[Participant]:
    known = {one.id: one for one in training.participants}
    faults = {
        f"participants.{place}.id": ["No está en esta lista."]
        for place, one in enumerate(told)
        if one.id is not None and one.id not in known
    }
    faults |= {
        f"participants.{place}.name": [said("Escriba el nombre de quien lo autorizó.")]
        for place, one in enumerate(told)
        if one.consent and not one.name.strip()
    }
    if faults:
        raise Refused("invalid", fields=faults)
    return [_person(one, known.get(one.id or "")) for one in told]


def _person(told: Listed, before: Participant | None) -> Participant:
    """With a certificate for whoever attended and may be named; one that was given keeps its code."""
    name = told.name.strip() if told.consent else None
    earned = name is not None and told.attended
    certificate = (before.certificate if before else None) or new_code() if earned else None
    return Participant(
        id=before.id if before else new_id(), sex=told.sex, attended=told.attended, name=name,
        institution=told.institution if told.consent else "", certificate=certificate,
    )
