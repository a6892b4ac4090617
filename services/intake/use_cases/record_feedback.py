"""What a person says of how they were attended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.feedback import Question, Reply
from services.intake.use_cases.ports import Work
from shared.security.identities import Actor


@dataclass(frozen=True)
class RecordFeedback:
    """The answers given; a question left out was not answered."""

    answers: Mapping[Question, Reply]


def record_feedback(request: RecordFeedback, *, by: Actor, work: Work, now: datetime) -> None:
    """Count them under this month. Nothing says whose they are, nor when in the month, nor who wrote them down:

    so no row of the audit either, which would have both.
    """
    work.feedback.count(work.place.moment(now).today.replace(day=1), request.answers)
