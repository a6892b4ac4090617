"""What stands behind the ``?``: text that is read as strictly as a body."""

import re
from collections.abc import Mapping
from typing import Final

from marshmallow import RAISE, Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from shared.errors import Refused
from shared.web.bodies import Errors, dotted, is_text

LONGEST_ARGUMENT: Final = 64
"""Characters of an id or code in a path; the longest of ours (UUID) has 36."""

_WHOLE = re.compile(r"0|[1-9][0-9]{0,14}")


class WholeNumber(fields.Integer):
    """A whole number written in digits: ``5``, not ``5.0``, ``+5`` or ``5_0``."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class YesNo(fields.Boolean):
    """``true`` or ``false``, nothing else."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return value == "true"


def load_query(schema: Schema, given: MultiDict[str, str]) -> tuple[object, Errors]:
    """Load a query through its schema: the value, or the bad parameters by name.

    A parameter that is no list may come once only; a name that the schema does not know is refused.
    """
    errors: Errors = {}
    raw: dict[str, object] = {}
    lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, fields.List)}
    for name, values in given.lists():
        if not all(is_text(value) for value in (name, *values)):
            errors["query"] = ["Contiene caracteres que no son texto."]
        elif name in lists:
            raw[name] = values
        elif len(values) > 1:
            errors[name] = ["Aparece más de una vez."]
        else:
            raw[name] = values[0]
    try:
        value: object = schema.load(raw, unknown=RAISE)
    except ValidationError as error:
        return None, dotted(error.messages) | errors
    return value, errors


def checked_arguments(args: dict[str, str]) -> dict[str, str]:
    """What can be nobody's id does not exist; so no database is asked for text that it cannot hold."""
    if any(len(value) > LONGEST_ARGUMENT or not is_text(value) for value in args.values()):
        raise Refused("not_found")
    return args
