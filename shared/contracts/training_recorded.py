"""``training.recorded``: a training session, as counts."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields

from shared.contracts.fields import ValueSchema, code, codes, identifier, whole
from shared.vocabulary.codes import TrainingAudience, TrainingTopic

NAME = "training.recorded"
VERSION = 1


@dataclass(frozen=True)
class TrainingRecorded:
    """Who was trained on what, in numbers only; told again when it was corrected, the highest ``version`` counts."""

    training_id: str
    held_on: date
    audience: TrainingAudience
    topics: tuple[TrainingTopic, ...]
    women: int
    men: int
    others: int = 0
    version: int = 1


class TrainingRecordedSchema(ValueSchema):
    """``training.recorded``, version 1."""

    makes = TrainingRecorded
    training_id = identifier(required=True)
    held_on = fields.Date(format="iso", required=True)
    audience = code(TrainingAudience, required=True)
    topics = codes(TrainingTopic, required=True)
    women = whole(required=True)
    men = whole(required=True)
    others = whole()
    version = whole(least=1)
