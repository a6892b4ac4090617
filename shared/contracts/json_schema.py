"""What apispec cannot know of our field classes; used for event schemas and for every service's OpenAPI."""

from typing import Any

from marshmallow import fields, validate

from shared.contracts.case import CaseDetailsSchema
from shared.contracts.case_told import Details
from shared.contracts.fields import Answers, Country, tolerant
from shared.vocabulary.codes import Answer, Vulnerability
from shared.vocabulary.countries import COUNTRIES

_END = "\\Z"


def own_fields(self: Any, field: fields.Field[Any], **_kwargs: object) -> dict[str, Any]:
    """An attribute function for apispec's converter (``converter.add_attribute_function``)."""
    if isinstance(field, Details):
        return dict(self.schema2jsonschema(tolerant(CaseDetailsSchema())))
    if isinstance(field, Answers):
        answers = {"enum": [answer.value for answer in Answer]}
        questions = [question.value for question in Vulnerability]
        return {
            "oneOf": [
                {
                    "type": "object",
                    "properties": dict.fromkeys(questions, answers),
                    "additionalProperties": False,
                },
                {"type": "array", "items": {"enum": questions}},
            ]
        }
    if isinstance(field, Country):
        return (
            {"type": ["string", "null"], "enum": [*sorted(COUNTRIES), None]}
            if field.allow_none
            else {"enum": sorted(COUNTRIES)}
        )
    patterns = [str(check.regex.pattern) for check in field.validators if isinstance(check, validate.Regexp)]
    return {"pattern": f"^(?:{patterns[0].removesuffix(_END)})$"} if patterns else {}
