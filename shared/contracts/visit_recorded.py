"""``visit.recorded``: somebody only asked; anonymous, counted."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields

from shared.contracts.fields import ValueSchema, code, codes, identifier, text
from shared.vocabulary.codes import AgeBand, GuidanceTopic, Sex, Situation

NAME = "visit.recorded"
VERSION = 1


@dataclass(frozen=True)
class VisitRecorded:
    """A visit without identity, and what guidance was given from which version of the directory and of the texts."""

    visit_id: str
    occurred_on: date
    topics: tuple[GuidanceTopic, ...]
    directory_version: str | None = None
    situation: Situation | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    guidance_version: str | None = None


class VisitRecordedSchema(ValueSchema):
    """``visit.recorded``, version 1."""

    makes = VisitRecorded
    visit_id = identifier(required=True)
    occurred_on = fields.Date(format="iso", required=True)
    topics = codes(GuidanceTopic, required=True)
    directory_version = text(none=True)
    situation = code(Situation, none=True)
    sex = code(Sex, none=True)
    age_band = code(AgeBand, none=True)
    guidance_version = text(none=True, longest=40)
