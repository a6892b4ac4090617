"""Ages, in whole years on the day of the interview."""

from datetime import date

from shared.routing.case import Person

ADULT = 18
"""Years; below it a person is a child (Convention on the Rights of the Child, article 1)."""


def years_between(birth: date, day: date) -> int:
    """Completed years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_of(person: Person, day: date) -> int | None:
    """By the birth date, else as estimated; None when nothing is known."""
    if person.birth_date is not None:
        return years_between(person.birth_date, day)
    return person.estimated_age


def is_child(person: Person, day: date) -> bool:
    """Whether the person is under 18 on that day, as far as it is known; a birth date after it says nothing."""
    age = age_of(person, day)
    return age is not None and 0 <= age < ADULT
