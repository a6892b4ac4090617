"""The body of a preview: a case as ``POST /cases`` takes it, names left out if one likes, never an id."""

from dataclasses import replace
from typing import Any

from marshmallow import fields, post_load, validate

from shared.clock import Clock
from shared.contracts.case import CaseDetailsSchema, PersonSchema
from shared.contracts.fields import SHORT
from shared.routing.case import CaseDetails


class UnnamedPersonSchema(PersonSchema):
    """``person`` without the need for a name."""

    given_name = fields.String(load_default="", validate=validate.Length(max=SHORT))
    family_name = fields.String(load_default="", validate=validate.Length(max=SHORT))


class UnnamedCaseSchema(CaseDetailsSchema):
    """A case to try; ``occurred_on`` left out is today."""

    person = fields.Nested(UnnamedPersonSchema, required=True)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        super().__init__()

    @post_load
    def _make(self, data: dict[str, Any], **_kwargs: object) -> CaseDetails:
        made = super()._make(data)
        if not isinstance(made, CaseDetails):
            raise TypeError(type(made).__name__)
        return made if made.occurred_on is not None else replace(made, occurred_on=self._clock.now().date())
