"""Lists: ``{"items", "total", "next"}`` and ``?page=&page_size=`` (contracts.md, HTTP)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from marshmallow import Schema, fields, validate

from shared.web.call import Call
from shared.web.query import WholeNumber

LARGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
LAST_PAGE: Final = 1_000_000
"""Keeps ``offset`` within what a database counts with."""
_NUMBER: Final = re.compile("[1-9][0-9]{0,5}")


class PageQuery(Schema):
    """The query of every list; a list's own schema inherits it."""

    page = WholeNumber(load_default=1, validate=validate.Range(min=1, max=LAST_PAGE))
    page_size = WholeNumber(load_default=USUAL_PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted, counted from 1."""

    number: int = 1
    size: int = USUAL_PAGE

    @classmethod
    def of(cls, query: Mapping[str, object]) -> "Page":
        """The page that a loaded ``PageQuery`` names."""
        number, size = query["page"], query["page_size"]
        return cls(number, size) if isinstance(number, int) and isinstance(size, int) else cls()

    @classmethod
    def named(cls, text: str, size: int = USUAL_PAGE) -> "Page":
        """The part that a page's address names; the first for whatever is no number."""
        return cls(int(text) if _NUMBER.fullmatch(text) else 1, size)

    @property
    def offset(self) -> int:
        """How many items stand before this page."""
        return (self.number - 1) * self.size


def listing(call: Call, items: Sequence[object], total: int, page: Page) -> dict[str, object]:
    """One page as it is answered; ``next`` is the address of the next one, None on the last."""
    more = page.offset + len(items) < total and items
    return {"items": items, "total": total, "next": _next(call, page) if more else None}


def page_of(item: Schema) -> Schema:
    """The answer's schema of a list of ``item``."""
    name = type(item).__name__.removesuffix("Schema") + "PageSchema"
    made = Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "total": fields.Integer(strict=True, required=True, validate=validate.Range(min=0)),
            "next": fields.String(required=True, allow_none=True),
        },
        name=name,
    )
    return made()


def _next(call: Call, page: Page) -> str:
    asked = dict(call.asked) | {"page": [str(page.number + 1)], "page_size": [str(page.size)]}
    return f"{call.host}{call.path}?{urlencode(asked, doseq=True)}"
