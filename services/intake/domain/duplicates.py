"""Who might be the same person (domain.md, Duplicates): a score, and why. Nothing is ever merged by it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LIKELY = 70
"""Of 100: from here on a pair is shown before saving, and flagged by an import."""


class Agreement(StrEnum):
    """What two records have in common, as it is told to staff."""

    DOCUMENT = "document"
    NAME = "name"
    SIMILAR_NAME = "similar_name"
    BIRTH_DATE = "birth_date"
    SIMILAR_BIRTH_DATE = "similar_birth_date"
    AGE = "age"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True)
class Features:
    """What of a person is compared; every text is already in its comparable form, empty or None when not known.

    ``document`` is type and number together; ``born_about`` the year of birth reckoned from an estimated age.
    """

    names: tuple[str, ...]
    birth_date: date | None = None
    born_about: int | None = None
    document: str | None = None
    municipality: str | None = None


@dataclass(frozen=True)
class Likeness:
    """How alike two persons are, 0 to 100, and what speaks for it."""

    score: int
    reasons: tuple[Agreement, ...]

    @property
    def likely(self) -> bool:
        """Whether staff should look at it."""
        return self.score >= LIKELY


def likeness(one: Features, other: Features, *, names_alike: float) -> Likeness:
    """Score a pair. ``names_alike`` (0 to 1) was measured with accents, spelling and order forgiven.

    The same paper is nearly proof. Two different papers of the same type, or birth dates that a slip of the
    pen does not explain, speak strongly against a common name: in a small town names repeat.
    """
    found = [*_names(names_alike), *_documents(one, other), *_births(one, other), *_places(one, other)]
    score = sum(points for points, _ in found)
    return Likeness(max(0, min(100, score)), tuple(reason for _, reason in found if reason is not None))


Point = tuple[int, Agreement | None]


def _names(alike: float) -> list[Point]:
    if alike >= 0.97:
        return [(45, Agreement.NAME)]
    if alike >= 0.85:
        return [(35, Agreement.SIMILAR_NAME)]
    return [(15, Agreement.SIMILAR_NAME)] if alike >= 0.7 else []


def _documents(one: Features, other: Features) -> list[Point]:
    if one.document is None or other.document is None:
        return []
    if one.document == other.document:
        return [(70, Agreement.DOCUMENT)]
    same_type = one.document.split(" ")[0] == other.document.split(" ")[0]
    return [(-40, None)] if same_type else []


def _births(one: Features, other: Features) -> list[Point]:
    if one.birth_date and other.birth_date:
        if one.birth_date == other.birth_date:
            return [(30, Agreement.BIRTH_DATE)]
        return [(20, Agreement.SIMILAR_BIRTH_DATE)] if _slip(one.birth_date, other.birth_date) else [(-25, None)]
    mine, theirs = _year(one), _year(other)
    if mine is None or theirs is None:
        return []
    apart = abs(mine - theirs)
    if apart <= 2:
        return [(15, Agreement.AGE)]
    return [(-25, None)] if apart > 5 else []


def _slip(one: date, other: date) -> bool:
    """Day and month changed places, or one of the three parts differs."""
    swapped = one.year == other.year and (one.day, one.month) == (other.month, other.day)
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return swapped or same == 2


def _year(features: Features) -> int | None:
    return features.birth_date.year if features.birth_date else features.born_about


def _places(one: Features, other: Features) -> list[Point]:
    if one.municipality and one.municipality == other.municipality:
        return [(10, Agreement.MUNICIPALITY)]
    return []
