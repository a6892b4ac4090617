"""The body of ``POST /cases``: every bad field is named at once, those of the schema and those of the rules."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields, pre_load, validate

from services.intake.domain.window import Window
from shared.clock import Clock
from shared.contracts.case import CaseDetailsSchema, PersonSchema
from shared.contracts.fields import SHORT
from shared.routing.case import CaseDetails

Faults = Callable[[CaseDetails], Mapping[str, list[str]]]
"""The rules' findings about a case that the schema took."""

_STAND_INS: Mapping[str, Any] = {
    "person": {"given_name": "-", "family_name": "-", "sex": "unknown", "nationality": "SV"},
    "situation": "returnee",
    "needs": [{"code": "information"}],
    "consent": {"status": "refused"},
}
"""Instead of required fields that are bad, so that the rules can judge the others; no rule finds fault with these."""

_FOLLOWS = {"person.estimated_age": "person.birth_date"}
"""A finding that only follows from a bad field elsewhere."""


class CaseBodySchema(CaseDetailsSchema):
    """``POST /cases``; ``occurred_on`` left out is today at the window."""

    def __init__(self, place: Window, clock: Clock, faults: Faults) -> None:
        self._place = place
        self._clock = clock
        self._faults = faults
        super().__init__()

    @pre_load
    def _dated(self, data: Any, **_kwargs: object) -> Any:
        if isinstance(data, dict) and data.get("occurred_on") is None:
            return {**data, "occurred_on": self._place.moment(self._clock.now()).today.isoformat()}
        return data

    def handle_error(self, error: ValidationError, data: Any, **_kwargs: object) -> None:
        """Add what the rules say of the fields that are well-formed."""
        if not isinstance(data, Mapping):
            return
        bad = _paths(error.messages)
        try:
            rest: CaseDetails = CaseDetailsSchema().load(self._dated(_filled(_without(data, error.messages))), unknown=EXCLUDE)
        except ValidationError:
            return  # what is left makes no case: the schema's own words must do
        follows = {_FOLLOWS[path] for path in bad if path in _FOLLOWS}
        found = {
            path: texts
            for path, texts in self._faults(rest).items()
            if path not in follows and not any(path == one or path.startswith(f"{one}.") for one in bad)
        }
        if found:
            raise ValidationError({**error.messages_dict, **found}) from error


class UnnamedPersonSchema(PersonSchema):
    """A person who may have no name."""

    given_name = fields.String(load_default="", validate=validate.Length(max=SHORT))
    family_name = fields.String(load_default="", validate=validate.Length(max=SHORT))


class PreviewSchema(CaseBodySchema):
    """``POST /routing/preview``: the same, names optional."""

    person = fields.Nested(UnnamedPersonSchema, required=True)


def _paths(messages: object, head: str = "") -> list[str]:
    if not isinstance(messages, Mapping):
        return [head]
    return [path for name, below in messages.items() for path in _paths(below, f"{head}.{name}".lstrip("."))]


def _without(value: Any, messages: Any) -> Any:
    """A body without its bad fields; a list with a bad item goes whole, since places in it would shift."""
    if not isinstance(value, Mapping) or not isinstance(messages, Mapping):
        return value
    kept = {}
    for name, below in value.items():
        if name not in messages:
            kept[name] = below
        elif isinstance(below, Mapping) and isinstance(messages[name], Mapping):
            kept[name] = _without(below, messages[name])
    return kept


def _filled(body: Mapping[str, Any]) -> dict[str, Any]:
    filled = {**_STAND_INS, **body}
    for name in ("person", "consent"):
        if isinstance(filled[name], Mapping):
            filled[name] = {**_STAND_INS[name], **filled[name]}
    return filled
