"""What a field of a form is: its name, its words, how it is answered. Nothing here knows of a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a field is asked and answered."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    BIRTH = "birth"
    DATE = "date"
    COUNTRY = "country"
    COUNTRIES = "countries"
    PLACE = "place"
    PHONE = "phone"
    ONE = "one"
    PICK = "pick"
    SOME = "some"
    TILES = "tiles"
    ANSWER = "answer"
    FLAG = "flag"


CHOSEN = frozenset({Kind.ONE, Kind.PICK, Kind.SOME, Kind.TILES, Kind.ANSWER, Kind.FLAG})
"""Kinds whose answers are codes of a list."""


@dataclass(frozen=True)
class Field:
    """One question. ``name`` is the dotted path of the value in the JSON of a case, or the nearest there is to one.

    ``label`` and ``hint`` are Spanish, marked by ``said``; of a field with ``vocabulary`` the options are its labels.
    ``offers`` names a list that only the window knows (institutions, languages). ``longest`` counts characters.
    """

    name: str
    kind: Kind
    label: str
    hint: str = ""
    vocabulary: str = ""
    offers: str = ""
    longest: int = 200
    required: bool = False

    @property
    def several(self) -> bool:
        """Whether it holds more than one answer."""
        return self.kind in {Kind.SOME, Kind.TILES}


@dataclass(frozen=True)
class Fold:
    """Fields that most people do not need, behind one line. ``opens_for`` says for whom a script opens it."""

    id: str
    title: str
    fields: tuple[Field, ...]
    opens_for: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the form: a heading of the page, a step of the guided mode, a block on paper."""

    id: str
    title: str
    fields: tuple[Field, ...]
    folds: tuple[Fold, ...] = ()
    hint: str = ""

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Those in sight and those folded."""
        return (*self.fields, *(one for fold in self.folds for one in fold.fields))


def every(sections: tuple[Section, ...]) -> Iterator[Field]:
    """All fields of some sections, in their order."""
    for section in sections:
        yield from section.all_fields
