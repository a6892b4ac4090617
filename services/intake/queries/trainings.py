"""Training sessions: the list, and the certificates of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from services.intake.domain.training import Session, Training
from services.intake.store.trainings import training_of
from services.intake.store.work import WindowWork
from services.intake.use_cases.training_steps import training_or_refuse
from shared.vocabulary.codes import TrainingAudience, TrainingTopic


@dataclass(frozen=True)
class WantedTrainings:
    """Which: held in a span of days, for whom, about what."""

    since: date | None = None
    until: date | None = None
    audience: TrainingAudience | None = None
    topic: TrainingTopic | None = None


@dataclass(frozen=True)
class TrainingPage:
    """A part of the list and how many there are in all."""

    items: Sequence[Training]
    total: int


@dataclass(frozen=True)
class Certificate:
    """What a certificate says; ``code`` names it."""

    name: str
    code: str
    session: Session


def training_list(work: WindowWork, wanted: WantedTrainings, *, offset: int, size: int) -> TrainingPage:
    """The latest first."""
    table = work.tables.trainings
    topics = " " + table.c.topics + " "
    conditions = [
        *([table.c.held_on >= wanted.since] if wanted.since else []),
        *([table.c.held_on <= wanted.until] if wanted.until else []),
        *([table.c.audience == wanted.audience.value] if wanted.audience else []),
        *([topics.contains(f" {wanted.topic.value} ", autoescape=True)] if wanted.topic else []),
    ]
    total = work.connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    query = select(table).where(*conditions).order_by(table.c.held_on.desc(), table.c.id.desc())
    rows = work.connection.execute(query.limit(size).offset(offset)).mappings().all()
    return TrainingPage([training_of(work.connection, work.tables, work.vault, row) for row in rows], total)


def certificates(work: WindowWork, training_id: str) -> list[Certificate]:
    """Of everybody who attended and may be named; none before the session is closed."""
    training = training_or_refuse(training_id, work=work)
    if training.closed_at is None:
        return []
    return [
        Certificate(one.name, one.certificate, training.session)
        for one in training.participants
        if one.name is not None and one.certificate is not None
    ]
