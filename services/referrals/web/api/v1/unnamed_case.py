"""The body of a preview: a case as ``POST /cases`` takes it, names left out if one likes, never an id."""

from marshmallow import fields, pre_load, validate

from shared.clock import Clock
from shared.contracts.case import CaseDetailsSchema, PersonSchema
from shared.contracts.fields import SHORT


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

    @pre_load
    def _dated(self, data: object, **_kwargs: object) -> object:
        if isinstance(data, dict) and data.get("occurred_on") is None:
            return {**data, "occurred_on": self._clock.now().date().isoformat()}
        return data
