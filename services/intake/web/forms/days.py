"""A day as people here type it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from marshmallow import ValidationError, fields

from shared.texts import said

BAD_DAY: Final = said("Escriba día, mes y año, como 1/5/1990.")
_WRITTEN = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")


def day_text(day: date | None) -> str:
    """``23/11/2026``; empty for none."""
    return day.strftime("%d/%m/%Y") if day else ""


class Day(fields.Field[date]):
    """``23/11/2026``, also with dots, hyphens or spaces, and without leading zeros."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object) -> date:
        found = _WRITTEN.fullmatch(str(value).strip())
        if found is None:
            raise ValidationError(BAD_DAY)
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(BAD_DAY) from error
