"""Fields of the window's forms, with what is said of a bad one in words of ours."""

from datetime import date
from enum import StrEnum
from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from services.intake.web.forms.reading import day_of
from shared.contracts.fields import LONG, SHORT
from shared.texts import said
from shared.web.forms import MISSING, NOT_OFFERED, TOO_LONG

BAD_DAY: Final = said("Escriba día, mes y año, como 1/5/1990.")
_ID: Final = r"[a-z0-9@._-]{1,100}\Z"


def words(*, required: bool = False, longest: int = LONG) -> fields.String:
    """Free text."""
    checks = validate.Length(max=longest, error=TOO_LONG)
    if not required:
        return fields.String(load_default="", validate=checks)
    return fields.String(required=True, validate=checks, error_messages={"required": MISSING})


def line(*, required: bool = False) -> fields.String:
    """One line of text."""
    return words(required=required, longest=SHORT)


def choice(kind: type[StrEnum], *, required: bool = True) -> fields.Enum[Any]:
    """One of a list of codes."""
    return fields.Enum(
        kind, by_value=True, required=required, error_messages={"required": NOT_OFFERED, "unknown": NOT_OFFERED}
    )


def named(*, required: bool = True) -> fields.String:
    """An institution, a user, a case: by its id."""
    return fields.String(
        required=required, validate=validate.Regexp(_ID, error=NOT_OFFERED), error_messages={"required": NOT_OFFERED}
    )


def key() -> fields.String:
    """A form's own key, by which sending it twice is known; a form without a sound one has none."""
    return fields.String(validate=validate.Regexp(r"[0-9a-f-]{36}\Z", error=NOT_OFFERED))


class Version(fields.Integer):
    """The version that the form was made from; ``0``, which nothing has, where it is no number."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: object) -> int:
        return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16 else 0


class Day(fields.Field[date]):
    """A day as people type it; its year in four figures, as the day may be to come."""

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: object) -> date:
        day = day_of(str(value), None)
        if day is None:
            raise ValidationError(BAD_DAY)
        return day


def day() -> Day:
    """A day that must be given."""
    return Day(required=True, error_messages={"required": MISSING})
